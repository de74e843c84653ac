package dev.assay.run;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.InputException;
import dev.assay.cluster.LauncherKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What this host alone can tell of whether the nodes will see the run folder; the ranks look for themselves later. */
final class SharedHome {
    private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs", "devtmpfs");

    private SharedHome() {}

    /** Refuses a home in this host's memory, which no other host can see. */
    static void require(Cluster cluster, Path home) {
        if (cluster.launcher() != LauncherKind.SLURM || cluster.sharedHost()) {
            return;
        }
        String type = fileSystem(home);
        if (MEMORY.contains(type)) {
            throw new InputException("the run folder would lie in " + home + ", a " + type
                    + " in this host's memory that no node can see."
                    + " Choose a place on the file system that the nodes share with -Dassay.home=.");
        }
    }

    private static String fileSystem(Path home) {
        Path there = home.toAbsolutePath();
        for (Path up = there.getParent(); !Files.exists(there) && up != null; up = there.getParent()) {
            there = up;
        }
        try {
            return Files.getFileStore(there).type();
        } catch (IOException e) {
            throw new UncheckedIOException("asking for the file system of " + there, e);
        }
    }
}
