package dev.assay.device.cuda;

import dev.assay.device.HostPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The host's NUMA nodes as sysfs tells them, and which of them is a GPU's.
 *
 * @param cpus of each node that has any; a GPU's memory can be a node without
 * @param gpuNode empty where the kernel does not know, as in many virtual machines
 * @param distances from the GPU's node to each, as the firmware tells them
 */
record HostNuma(Map<Integer, BitSet> cpus, Optional<Integer> gpuNode, Map<Integer, Integer> distances) {
    HostNuma {
        cpus = Map.copyOf(cpus);
        distances = Map.copyOf(distances);
    }

    /**
     * @param sys {@code /sys}, or a tree like it
     * @param pciBusId as CUDA writes it
     */
    static HostNuma of(Path sys, String pciBusId) {
        Path nodes = sys.resolve("devices/system/node");
        Map<Integer, BitSet> cpus = new TreeMap<>();
        for (int node : numbers(nodes)) {
            BitSet set = text(nodes.resolve("node" + node + "/cpulist"))
                    .map(HostNuma::list)
                    .orElseGet(BitSet::new);
            if (!set.isEmpty()) {
                cpus.put(node, set);
            }
        }
        Optional<Integer> gpu = text(sys.resolve("bus/pci/devices/" + pciBusId.toLowerCase(Locale.ROOT) + "/numa_node"))
                .map(Integer::parseInt)
                .filter(cpus::containsKey);
        return new HostNuma(cpus, gpu, gpu.map(node -> distances(nodes, node)).orElse(Map.of()));
    }

    /** Near first; far only where this process may run there. */
    List<HostPlace> places(BitSet allowed) {
        if (cpus.size() <= 1) {
            return List.of(new HostPlace(HostPlace.NEAR, HostPlace.ONLY));
        }
        if (gpuNode.isEmpty()) {
            return List.of(
                    new HostPlace(HostPlace.NEAR, "the kernel does not tell the GPU's node; where the process ran"));
        }
        List<HostPlace> places = new ArrayList<>();
        if (reaches(gpuNode.get(), allowed)) {
            places.add(new HostPlace(HostPlace.NEAR, "node " + gpuNode.get() + ", the GPU's"));
        }
        farthest(allowed)
                .ifPresent(far ->
                        places.add(new HostPlace(HostPlace.FAR, "node " + far + ", the GPU's is " + gpuNode.get())));
        return List.copyOf(places);
    }

    /** Where a thread must run so that its memory lies at a place of {@link #places}. */
    BitSet cpus(HostPlace place, BitSet allowed) {
        return node(place, allowed).map(node -> both(node, allowed)).orElse(allowed);
    }

    /** Where the memory of a place of {@link #places} must lie; empty where there is no choice or none is known. */
    Optional<Integer> node(HostPlace place, BitSet allowed) {
        if (cpus.size() <= 1 || gpuNode.isEmpty()) {
            return Optional.empty();
        }
        return place.name().equals(HostPlace.FAR) ? farthest(allowed) : gpuNode;
    }

    private Optional<Integer> farthest(BitSet allowed) {
        return cpus.keySet().stream()
                .filter(node -> !gpuNode.equals(Optional.of(node)) && reaches(node, allowed))
                .max(Comparator.comparingInt((Integer node) -> distances.getOrDefault(node, 0))
                        .thenComparing(Comparator.<Integer>reverseOrder()));
    }

    private boolean reaches(int node, BitSet allowed) {
        return !both(node, allowed).isEmpty();
    }

    private BitSet both(int node, BitSet allowed) {
        BitSet both = (BitSet) allowed.clone();
        both.and(cpus.getOrDefault(node, new BitSet()));
        return both;
    }

    private static List<Integer> numbers(Path nodes) {
        try (Stream<Path> entries = Files.list(nodes)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.matches("node\\d+"))
                    .map(name -> Integer.parseInt(name.substring(4)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** One number a node, in the order of the nodes' numbers. */
    private static Map<Integer, Integer> distances(Path nodes, int from) {
        List<String> row = text(nodes.resolve("node" + from + "/distance"))
                .map(line -> List.of(line.split("\\s+", -1)))
                .orElse(List.of());
        List<Integer> all = numbers(nodes);
        Map<Integer, Integer> distances = new TreeMap<>();
        for (int i = 0; i < Math.min(row.size(), all.size()); i++) {
            distances.put(all.get(i), Integer.parseInt(row.get(i)));
        }
        return distances;
    }

    /** E.g. {@code 0-31,64-95}. */
    static BitSet list(String text) {
        BitSet cpus = new BitSet();
        for (String range : text.split(",", -1)) {
            if (!range.isBlank()) {
                String[] ends = range.strip().split("-", -1);
                cpus.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
            }
        }
        return cpus;
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
