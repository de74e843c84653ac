package dev.assay.job;

import java.nio.file.Path;
import java.util.List;

/**
 * What starts a worker on a node.
 *
 * @param java the launcher to call
 * @param classpath jars and class folders, all on the shared file system
 * @param jvmOptions e.g. heap limits
 */
public record WorkerRuntime(Path java, List<Path> classpath, List<String> jvmOptions) {
    public WorkerRuntime {
        classpath = List.copyOf(classpath);
        jvmOptions = List.copyOf(jvmOptions);
    }
}
