package dev.assay.device.cuda;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
 * … NCCL INFO NET/IB : Using [0]mlx5_0:1/RoCE [1]mlx5_1:1/RoCE [RO]; OOB eth0:10.0.4.7&lt;0>
 * </pre>
 *
 * @param transports kinds of connection, e.g. {@code P2P/CUMEM}, {@code SHM}, {@code NET/IB}, {@code NET/Socket}
 * @param nics that the network transport found, e.g. {@code mlx5_0:1/RoCE}
 * @param networkConnections over the network
 * @param direct of these, with GPUDirect RDMA
 * @param nvls the switch reduces: NVLink SHARP
 */
record NcclLog(Set<String> transports, Set<String> nics, int networkConnections, int direct, boolean nvls) {
    private static final Pattern VIA = Pattern.compile("NCCL INFO Channel .* -> .* via (direct shared memory|\\S+)");
    private static final Pattern USING = Pattern.compile("NCCL INFO NET/\\S+ : Using ([^;]*)");
    private static final Pattern NIC = Pattern.compile("\\[\\d+\\]([^\\s<;]+)");

    NcclLog {
        transports = Set.copyOf(transports);
        nics = Set.copyOf(nics);
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
                (int) network.stream().filter(path -> path.contains("/GDRDMA")).count(),
                own.stream().anyMatch(line -> line.contains("Connected NVLS tree") || line.contains("NVLS comm 0x")));
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
                NIC.matcher(using.group(1)).results().forEach(nic -> nics.add(nic.group(1)));
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
            words.put("nics", String.join(" ", new TreeSet<>(nics)));
        }
        return words;
    }
}
