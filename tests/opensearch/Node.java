import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.opensearch.Version;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;

/**
 * A node of OpenSearch from the artifacts on the class path: {@code java Node.java OWNER HOME SETTING=VALUE...}
 *
 * <p>It runs until it is killed or interrupted, or the process with the id OWNER ends. The artifacts bring modules as classes on the class path, where the
 * distribution has folders; apart from that the node is what the distribution starts.
 */
public final class Node extends org.opensearch.node.Node {
    /** The modules by the names of their classes; each has another name in 3.x than in 2.x. */
    private static final List<List<String>> MODULES = List.of(
        List.of("org.opensearch.transport.Netty4ModulePlugin", "org.opensearch.transport.Netty4Plugin"),
        List.of("org.opensearch.analysis.common.CommonAnalysisModulePlugin",
                "org.opensearch.analysis.common.CommonAnalysisPlugin"),
        List.of("org.opensearch.index.reindex.ReindexModulePlugin", "org.opensearch.index.reindex.ReindexPlugin"));

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Node(Environment environment) {
        // 2.x wants classes, 3.x descriptions of them; without a type for the elements this compiles with both.
        super(environment, (Collection) modules(), true);
    }

    private static Collection<?> modules() {
        List<Class<? extends Plugin>> classes = new ArrayList<>();
        for (List<String> names : MODULES) {
            classes.add(firstOf(names));
        }
        if (Version.CURRENT.major < 3) {
            return classes;
        }
        List<PluginInfo> descriptions = new ArrayList<>();
        for (Class<?> module : classes) {
            descriptions.add(new PluginInfo(module.getName(), "module", "-", Version.CURRENT,
                Integer.toString(Runtime.version().feature()), module.getName(), null, List.of(), false));
        }
        return descriptions;
    }

    private static Class<? extends Plugin> firstOf(List<String> names) {
        for (String name : names) {
            try {
                return Class.forName(name).asSubclass(Plugin.class);
            } catch (ClassNotFoundException elsewhere) {
                // It has the next name in this version.
            }
        }
        throw new IllegalStateException("none of " + names + " is on the class path");
    }

    public static void main(String[] arguments) throws Exception {
        Settings.Builder settings = Settings.builder().put("path.home", arguments[1]);
        for (int i = 2; i < arguments.length; i++) {
            String[] nameAndValue = arguments[i].split("=", 2);
            settings.put(nameAndValue[0], nameAndValue[1]);
        }
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings.build(), Map.of(), Path.of(arguments[1], "config"), () -> "jooya");
        LogConfigurator.configure(environment);
        ProcessHandle owner = ProcessHandle.of(Long.parseLong(arguments[0])).orElseThrow();
        owner.onExit().thenRun(() -> Runtime.getRuntime().halt(0));
        Node node = new Node(environment);
        node.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (java.io.IOException error) {
                throw new java.io.UncheckedIOException(error);
            }
        }));
        new CountDownLatch(1).await();
    }
}
