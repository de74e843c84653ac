package dev.assay.device.cuda;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What NCCL says with {@code NCCL_DEBUG=INFO} of how it connected a rank, as NCCL writes it:
 *
 * <pre>
 * … NCCL INFO Channel 00/0 : 0[0] -> 1[1] via P2P/CUMEM
 * … NCCL INFO Channel 00 : 0[0] -> 1[1] via SHM/direct/direct
 * … NCCL INFO Channel 02/0 : 9[1] -> 0[0] [send] via NET/IB/0(8)/GDRDMA
 * … NCCL INFO Channel 03 : 15[a01d0] -> 6[a01c0] [receive] via NET/AWS Libfabric/3/GDRDMA
 * … NCCL INFO NET/IB : Using [0]mlx5_0:1/RoCE [1]mlx5_1:1/RoCE [RO]; OOB eth0:10.0.4.7&lt;0>
 * … NCCL INFO AllReduce: 8589934592 Bytes -> Algo RING proto SIMPLE channel{Lo..Hi}={0..15}
 * </pre>
 *
 * <p>The last line only with the subsystem TUNING, by rank 0 of the communicator, for every collective it enqueues (a send or
 * a receive has none); NCCL 2.20 to 2.25 give numbers in the place of names. A number in brackets behind that of a NIC is the
 * rank whose NIC it is: PXN.
 *
 * <p>Only these lines say what a connection does. "GPU Direct RDMA Disabled for GPU 3 / HCA 1 (distance 8 &gt; 5)" is said of every GPU
 * that is far from a NIC, on sound nodes with fewer NICs than GPUs too: NCCL then leads its traffic by a GPU that is near.
 *
 * @param transports kinds of connection, e.g. {@code P2P/CUMEM}, {@code SHM}, {@code NET/IB}, {@code NET/Socket}
 * @param nics that the network transport found, e.g. {@code mlx5_0:1/RoCE}
 * @param networkConnections over the network
 * @param devices that they use, by the numbers of the line of NICs
 * @param sends by channel the NIC that its sends and receives to other ranks leave by, beside rings and trees; empty where a
 *     channel has more than one
 * @param receives the same of what arrives
 * @param direct of these, with GPUDirect RDMA
 * @param proxied of these, by another GPU's NIC
 * @param nvls the switch reduces: NVLink SHARP
 * @param algorithms that rank 0 has said it takes, by the names of NCCL 2.26, e.g. {@code RING}
 * @param protocols of these, e.g. {@code SIMPLE}
 */
record NcclLog(
        Set<String> transports,
        Set<String> nics,
        int networkConnections,
        Set<Integer> devices,
        Map<Integer, Integer> sends,
        Map<Integer, Integer> receives,
        int direct,
        int proxied,
        boolean nvls,
        Set<String> algorithms,
        Set<String> protocols) {
    private static final Pattern VIA =
            Pattern.compile("NCCL INFO Channel .* -> .* via (direct shared memory|NET/[^/]+/\\S+|\\S+)");
    private static final Pattern USING = Pattern.compile("NCCL INFO NET/\\S+ : Using ([^;]*)");
    private static final Pattern NIC = Pattern.compile("\\[\\d+\\]([^\\s<;]+)");

    private static final Pattern CHOICE =
            Pattern.compile("NCCL INFO (?:\\w+: )?\\d+ Bytes -> Algo (\\w+) proto (\\w+) ");
    private static final Pattern DEVICE = Pattern.compile("NET/[^/]+/(\\d{1,4})(?:\\D.*)?");
    /** Of InfiniBand's transport, those of a device that NCCL has made of several ports too. */
    private static final Pattern PORT = Pattern.compile("[A-Za-z][\\w.-]*:\\d+/(?:IB|RoCE)");

    /** Index 1 is that of sends and receives ({@code ncclTransportP2pSetup(comm, NULL, 1)}), 0 of rings and trees. */
    private static final Pattern ONE_TO_ONE = Pattern.compile(
            "NCCL INFO Channel (\\d{1,4})/1 : .* \\[(send|receive)\\] via NET/[^/]+/(\\d{1,4})(?:\\D.*)?");

    private static final Pattern PROXIED = Pattern.compile("NET/[^/]+/\\d+\\(\\d+\\).*");

    /** In the order of {@code NCCL_ALGO_*} and {@code NCCL_PROTO_*} of {@code nccl_common.h}. */
    private static final List<String> ALGORITHMS =
            List.of("TREE", "RING", "COLLNET_DIRECT", "COLLNET_CHAIN", "NVLS", "NVLS_TREE", "PAT");

    private static final List<String> PROTOCOLS = List.of("LL", "LL128", "SIMPLE");

    NcclLog {
        algorithms = Set.copyOf(algorithms);
        protocols = Set.copyOf(protocols);
        transports = Set.copyOf(transports);
        nics = Set.copyOf(nics);
        devices = Set.copyOf(devices);
        sends = Map.copyOf(sends);
        receives = Map.copyOf(receives);
    }

    /**
     * @param all of the process: the network is found once
     * @param own since the communicator began to connect
     */
    static NcclLog parse(List<String> all, List<String> own) {
        List<String> paths = own.stream()
                .map(VIA::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .toList();
        List<String> network =
                paths.stream().filter(path -> path.startsWith("NET/")).toList();
        return new NcclLog(
                paths.stream().map(NcclLog::kind).collect(Collectors.toSet()),
                nics(all),
                network.size(),
                network.stream()
                        .map(DEVICE::matcher)
                        .filter(Matcher::matches)
                        .map(matcher -> Integer.valueOf(matcher.group(1)))
                        .collect(Collectors.toSet()),
                oneToOne(own, "send"),
                oneToOne(own, "receive"),
                (int) network.stream().filter(path -> path.contains("/GDRDMA")).count(),
                (int) network.stream()
                        .filter(path -> PROXIED.matcher(path).matches())
                        .count(),
                own.stream().anyMatch(line -> line.contains("Connected NVLS tree") || line.contains("NVLS comm 0x")),
                choices(own, 1, ALGORITHMS),
                choices(own, 2, PROTOCOLS));
    }

    private static Map<Integer, Integer> oneToOne(List<String> lines, String way) {
        Map<Integer, Set<Integer>> devices = lines.stream()
                .map(ONE_TO_ONE::matcher)
                .filter(line -> line.find() && line.group(2).equals(way))
                .collect(Collectors.groupingBy(
                        line -> Integer.valueOf(line.group(1)),
                        TreeMap::new,
                        Collectors.mapping(line -> Integer.valueOf(line.group(3)), Collectors.toSet())));
        Map<Integer, Integer> one = new TreeMap<>();
        devices.forEach((channel, those) -> those.forEach(device -> one.put(channel, device)));
        return devices.values().stream().allMatch(those -> those.size() == 1) ? one : Map.of();
    }

    private static Set<String> choices(List<String> lines, int group, List<String> names) {
        return lines.stream()
                .map(CHOICE::matcher)
                .filter(Matcher::find)
                .map(matcher -> named(matcher.group(group), names))
                .collect(Collectors.toSet());
    }

    private static String named(String word, List<String> names) {
        return word.matches("\\d") && Integer.parseInt(word) < names.size() ? names.get(Integer.parseInt(word)) : word;
    }

    /** {@code NET/IB/0(8)/GDRDMA} is a NET/IB, {@code P2P/CUMEM/read} a P2P/CUMEM, {@code SHM/direct/direct} a SHM. */
    private static String kind(String path) {
        if (path.equals("direct shared memory")) {
            return "SHM";
        }
        String[] parts = path.split("/", -1);
        boolean two = parts.length > 1 && (parts[0].equals("NET") || parts[0].equals("P2P"));
        return two ? parts[0] + "/" + parts[1] : parts[0];
    }

    private static Set<String> nics(List<String> lines) {
        Set<String> nics = new TreeSet<>();
        for (String line : lines) {
            Matcher using = USING.matcher(line);
            if (using.find()) {
                List<String> ports = PORT.matcher(using.group(1))
                        .results()
                        .map(MatchResult::group)
                        .toList();
                nics.addAll(ports);
                if (ports.isEmpty()) {
                    NIC.matcher(using.group(1)).results().forEach(nic -> nics.add(nic.group(1)));
                }
            }
        }
        return nics;
    }

    /** As conditions of a measurement; without a connection nothing is known. */
    Map<String, String> words() {
        Map<String, String> words = new TreeMap<>();
        Set<String> kinds = new TreeSet<>(transports);
        if (nvls) {
            kinds.add("NVLS");
        }
        if (!kinds.isEmpty()) {
            words.put("transport", String.join("+", kinds));
        }
        if (networkConnections > 0) {
            words.put("gdr", direct + " of " + networkConnections + " connections");
            if (proxied > 0) {
                words.put("pxn", proxied + " of " + networkConnections + " connections");
            }
            words.put("nics", String.join(" ", new TreeSet<>(nics)));
            if (!devices.isEmpty()) {
                words.put(
                        "nicsUsed",
                        new TreeSet<>(devices).stream().map(String::valueOf).collect(Collectors.joining(" ")));
            }
            words(sends).ifPresent(ways -> words.put("nicSends", ways));
            words(receives).ifPresent(ways -> words.put("nicReceives", ways));
        }
        if (!algorithms.isEmpty()) {
            words.put("algorithm", String.join("+", new TreeSet<>(algorithms)));
            words.put("protocol", String.join("+", new TreeSet<>(protocols)));
        }
        return words;
    }

    /** Channel and NIC, e.g. {@code 0:0 1:1}. */
    private static Optional<String> words(Map<Integer, Integer> ways) {
        return ways.isEmpty()
                ? Optional.empty()
                : Optional.of(new TreeMap<>(ways)
                        .entrySet().stream()
                                .map(way -> way.getKey() + ":" + way.getValue())
                                .collect(Collectors.joining(" ")));
    }
}
