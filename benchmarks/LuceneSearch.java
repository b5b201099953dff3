import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.fa.PersianAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.QueryBuilder;

/**
 * Answers queries with Lucene's PersianAnalyzer and BM25, as a run in the format of TREC.
 *
 * <p>It needs Java 21 or later and two jars of Maven Central, lucene-core and lucene-analysis-common:
 *
 * <pre>java -cp 'JARS/*' benchmarks/LuceneSearch.java PASSAGES.tsv QUERIES.tsv K1 B HITS</pre>
 *
 * Each line of PASSAGES.tsv is an id, a tab and a text; each line of QUERIES.tsv an id, a tab and a query. All words of
 * a query are optional.
 */
public final class LuceneSearch {
  public static void main(String[] arguments) throws IOException {
    Analyzer analyzer = new PersianAnalyzer();
    BM25Similarity similarity = new BM25Similarity(Float.parseFloat(arguments[2]), Float.parseFloat(arguments[3]));
    int hits = Integer.parseInt(arguments[4]);
    try (ByteBuffersDirectory directory = new ByteBuffersDirectory()) {
      IndexWriterConfig settings = new IndexWriterConfig(analyzer).setSimilarity(similarity);
      try (IndexWriter writer = new IndexWriter(directory, settings)) {
        for (String[] passage : rows(arguments[0])) {
          Document document = new Document();
          document.add(new StringField("id", passage[0], Field.Store.YES));
          document.add(new TextField("text", passage[1], Field.Store.NO));
          writer.addDocument(document);
        }
        writer.forceMerge(1);
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        searcher.setSimilarity(similarity);
        QueryBuilder builder = new QueryBuilder(analyzer);
        StringBuilder run = new StringBuilder();
        for (String[] asked : rows(arguments[1])) {
          Query query = builder.createBooleanQuery("text", asked[1]);
          if (query == null) {
            continue; // nothing but stop words
          }
          int rank = 0;
          for (ScoreDoc hit : searcher.search(query, hits).scoreDocs) {
            String id = searcher.storedFields().document(hit.doc).get("id");
            run.append(asked[0] + " Q0 " + id + " " + ++rank + " " + hit.score + " lucene\n");
          }
        }
        System.out.write(run.toString().getBytes(StandardCharsets.UTF_8));
        System.out.flush();
      }
    }
  }

  private static List<String[]> rows(String path) throws IOException {
    return Files.readAllLines(Path.of(path)).stream().map(line -> line.split("\t", 2)).toList();
  }
}
