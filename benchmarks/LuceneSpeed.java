import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.analysis.fa.PersianAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.QueryBuilder;

/**
 * Measures how fast Lucene indexes and searches, in one thread and by the processor time of that thread.
 *
 * <p>That leaves out what the machine compiles and collects in other threads, in favour of Lucene. It needs Java 21 or
 * later and two jars of Maven Central, lucene-core and lucene-analysis-common:
 *
 * <pre>java -cp 'JARS/*' benchmarks/LuceneSpeed.java persian|spaces PASSAGES.tsv QUERIES.tsv FOLDER</pre>
 *
 * Each line of PASSAGES.tsv is an id, a title and a text, with tabs between them; each line of QUERIES.tsv a query.
 * Titles and texts are stored and have positions and offsets; queries look into the texts. It prints passages a second,
 * and queries a second for any word, all words and the words as a phrase, after enough rounds to be warm.
 */
public final class LuceneSpeed {
  private static final int ROUNDS = 4; // the last one counts

  public static void main(String[] arguments) throws IOException {
    Analyzer analyzer = arguments[0].equals("persian") ? new PersianAnalyzer() : new WhitespaceAnalyzer();
    FieldType kind = new FieldType();
    kind.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS_AND_OFFSETS);
    kind.setStored(true);
    kind.setTokenized(true);
    kind.freeze();
    List<String> passages = Files.readAllLines(Path.of(arguments[1]));
    List<String> typed = Files.readAllLines(Path.of(arguments[2]));
    try (FSDirectory directory = FSDirectory.open(Path.of(arguments[3]))) {
      long began = processorTime();
      IndexWriterConfig settings = new IndexWriterConfig(analyzer).setMergeScheduler(new SerialMergeScheduler());
      try (IndexWriter writer = new IndexWriter(directory, settings)) {
        for (String passage : passages) {
          String[] values = passage.split("\t", 3);
          Document document = new Document();
          document.add(new StringField("id", values[0], Field.Store.YES));
          document.add(new Field("title", values[1], kind));
          document.add(new Field("text", values[2], kind));
          writer.addDocument(document);
        }
        writer.commit();
      }
      System.out.println("rate " + passages.size() * 1e9 / (processorTime() - began));
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        QueryBuilder builder = new QueryBuilder(analyzer);
        for (String name : List.of("any", "all", "phrase")) {
          List<Query> queries = new ArrayList<>();
          for (String words : typed) {
            Query query = switch (name) {
              case "any" -> builder.createBooleanQuery("text", words, Occur.SHOULD);
              case "all" -> builder.createBooleanQuery("text", words, Occur.MUST);
              default -> builder.createPhraseQuery("text", words);
            };
            if (query != null) { // null if it has nothing but stop words
              queries.add(query);
            }
          }
          System.out.println(name + " " + queriesPerSecond(searcher, queries));
        }
      }
    }
  }

  private static double queriesPerSecond(IndexSearcher searcher, List<Query> queries) throws IOException {
    double rate = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long began = processorTime();
      for (Query query : queries) {
        searcher.search(query, new TopScoreDocCollectorManager(10, null, 10)); // stops counting after ten hits
      }
      rate = queries.size() * 1e9 / (processorTime() - began);
    }
    return rate;
  }

  private static long processorTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
