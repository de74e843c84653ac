package dev.assay.cluster;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntSupplier;

/**
 * Reads what is there: a built-in cluster by its name, or a site's JSON file. Strict, because a mistyped key would silently
 * make another contract. {@code cluster.schema.json} beside the built-in files says the same for editors.
 */
public final class ClusterFile {
    /** Built-in clusters, the embedded default first. */
    public static final List<String> BUILT_IN = List.of("embedded", "workstation", "spectrumx-h200");

    static final List<String> KEYS = List.of(
            "name",
            "launcher",
            "device",
            "nodes",
            "gpusPerNode",
            "gpuModel",
            "nics",
            "sharedHost",
            "slurm",
            "modules",
            "environment",
            "libraryDirectories",
            "java",
            "bindings");
    static final List<String> NICS_KEYS = List.of("count", "gigabitsPerSecond", "gpuDirect");
    static final int MOST_GPUS_PER_NODE = 16;

    private static final String WHY_NICS =
            "\"nics\": {\"count\": 8, \"gigabitsPerSecond\": 400}. The floors of the network are"
                    + " computed from it; nothing can be assumed, as sites differ by a factor of four";

    private ClusterFile() {}

    /** Reads a cluster whose file says a number in {@code gpusPerNode}. */
    public static Cluster read(String nameOrPath) {
        return read(nameOrPath, () -> {
            throw new InputException(
                    "Reading cluster " + nameOrPath,
                    "\"gpusPerNode\": \"all\"",
                    "a number here: the GPUs of this host are not counted",
                    "write how many GPUs a node has");
        });
    }

    /**
     * @param nameOrPath a built-in name or the path of a JSON file
     * @param gpusHere counts this host's GPUs, called only for {@code "gpusPerNode": "all"}
     * @throws InputException with all that a person needs to correct the file
     */
    public static Cluster read(String nameOrPath, IntSupplier gpusHere) {
        return parse("cluster file " + nameOrPath, text(nameOrPath), gpusHere);
    }

    /** The file's text as it is, for the run folder and its hash. */
    public static String text(String nameOrPath) {
        return BUILT_IN.contains(nameOrPath)
                ? InputText.resource("/dev/assay/cluster/" + nameOrPath + ".json")
                : InputText.file("cluster file", nameOrPath, "built-in clusters: " + String.join(", ", BUILT_IN));
    }

    static Cluster parse(String source, String text, IntSupplier gpusHere) {
        InputJson root = InputJson.parse(source, text).onlyKeys(KEYS);
        LauncherKind launcher = root.required("launcher", "\"local\" or \"slurm\"")
                .choice(choices(Map.of("local", LauncherKind.LOCAL, "slurm", LauncherKind.SLURM)));
        DeviceKind device = root.required("device", "\"cuda\" or \"reference\"")
                .choice(choices(Map.of("cuda", DeviceKind.CUDA, "reference", DeviceKind.REFERENCE)));
        boolean sharedHost = root.find("sharedHost").map(InputJson::bool).orElse(false);
        List<String> nodes = nodes(root);
        checkLocalNodes(root, launcher, nodes, sharedHost);
        int gpusPerNode = gpusPerNode(root.required("gpusPerNode", "how many GPUs each node has"), gpusHere);
        return new Cluster(
                Allowed.NAME.check(root.required("name", "what the reports call the cluster")),
                launcher,
                device,
                nodes,
                gpusPerNode,
                gpuModel(root, device),
                nics(root.required("nics", WHY_NICS), sharedHost),
                sharedHost,
                SlurmJson.read(root, launcher),
                root.find("modules").map(all(Allowed.MODULE)).orElse(List.of()),
                root.find("environment").map(JobEnvironment::read).orElse(Map.of()),
                root.find("libraryDirectories").map(all(Allowed.PATH)).orElse(List.of()),
                Allowed.optional(root, "java", Allowed.PATH),
                root.find("bindings")
                        .map(value -> BindingsJson.read(value, gpusPerNode))
                        .orElse(List.of()));
    }

    private static <T> Map<String, T> choices(Map<String, T> choices) {
        return new TreeMap<>(choices);
    }

    private static Function<InputJson, List<String>> all(Allowed allowed) {
        return value -> value.uniqueMatching(allowed.pattern(), allowed.words());
    }

    private static List<String> nodes(InputJson root) {
        InputJson nodes = root.required("nodes", "a hostlist such as \"node[001-008]\" or an array of names");
        List<String> names =
                nodes.isText() ? hostlist(nodes) : all(Allowed.NAME).apply(nodes);
        if (names.isEmpty() || names.size() > Hostlist.MOST_NAMES) {
            throw nodes.error(names.size() + " nodes", "1 to " + Hostlist.MOST_NAMES + " nodes", "name the nodes");
        }
        return names;
    }

    private static List<String> hostlist(InputJson nodes) {
        try {
            return Hostlist.expand(nodes.text());
        } catch (InputException e) {
            throw nodes.error(
                    nodes.found(), "a hostlist such as node[001-007],node009", "see below\n" + e.getMessage());
        }
    }

    private static void checkLocalNodes(InputJson root, LauncherKind launcher, List<String> nodes, boolean sharedHost) {
        if (launcher == LauncherKind.LOCAL && nodes.size() > 1 && !sharedHost) {
            throw root.required("nodes", "")
                    .error(
                            nodes.size() + " nodes with the local launcher",
                            "one node, or \"sharedHost\": true",
                            "the local launcher starts all ranks on this host: say so, or use \"launcher\": \"slurm\"");
        }
    }

    private static int gpusPerNode(InputJson value, IntSupplier gpusHere) {
        if (!value.isText()) {
            return value.integer(1, MOST_GPUS_PER_NODE);
        }
        if (!value.text().equals("all")) {
            throw value.error(
                    value.found(),
                    "a number from 1 to " + MOST_GPUS_PER_NODE + ", or \"all\" for the GPUs of this host",
                    "write how many GPUs each node has");
        }
        int found = gpusHere.getAsInt();
        if (found < 1 || found > MOST_GPUS_PER_NODE) {
            throw value.error(
                    "\"all\", and " + found + " GPUs on this host",
                    "1 to " + MOST_GPUS_PER_NODE + " GPUs",
                    "check nvidia-smi -L here, or take -Dcluster=embedded, which needs no GPU");
        }
        return found;
    }

    private static String gpuModel(InputJson root, DeviceKind device) {
        InputJson value = root.required("gpuModel", "one of " + String.join(", ", GpuModels.keys()));
        String key = value.text();
        if (!GpuModels.keys().contains(key)) {
            throw value.error(
                    value.found(),
                    String.join(", ", GpuModels.keys()),
                    Nearest.suggestion(key, GpuModels.keys(), "choose the model that nvidia-smi -L names"));
        }
        if (key.equals(GpuModels.REFERENCE) != (device == DeviceKind.REFERENCE)) {
            throw value.error(
                    value.found() + " on the device \"" + (device == DeviceKind.CUDA ? "cuda" : "reference") + "\"",
                    "the model \"reference\" on the device \"reference\", and only there",
                    "correct gpuModel or device");
        }
        return key;
    }

    private static Nics nics(InputJson value, boolean sharedHost) {
        value.onlyKeys(NICS_KEYS);
        InputJson count = value.required("count", WHY_NICS);
        InputJson rate = value.required("gigabitsPerSecond", WHY_NICS);
        if (count.integer(0, 64) == 0 && !sharedHost) {
            throw count.error(
                    "0 NICs",
                    "at least 1, or \"sharedHost\": true where all nodes are one host",
                    "count the compute NICs of a node, e.g. with ibdev2netdev");
        }
        if (!(rate.number() > 0) || rate.number() > 10_000) {
            throw rate.error(
                    rate.found(), "more than 0, at most 10000", "write the line rate of one NIC in Gbit/s, e.g. 400");
        }
        return new Nics(
                count.integer(0, 64), rate.number(), value.find("gpuDirect").map(InputJson::bool));
    }
}
