package dev.assay.verdict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Observations by the parts that they went through, as arrays: a fleet has hundreds of thousands. */
final class PairIndex {
    private record Meeting(int round, Part.NodePair pair) {}

    private final double[] slowness;
    private final int[] meeting;
    private final List<Part> parts = new ArrayList<>();
    /** Observations of each part, those of one meeting beside each other. */
    private final int[][] members;

    private final int[][] partsOf;

    PairIndex(List<PairObservation> unordered, Better better) {
        List<PairObservation> observations = byMeeting(unordered);
        slowness = slowness(observations, better);
        meeting = meetings(observations);
        Map<Part, Integer> ids = new HashMap<>();
        partsOf = observations.stream()
                .map(observation -> observation.parts().stream()
                        .mapToInt(part -> ids.computeIfAbsent(part, this::add))
                        .toArray())
                .toArray(int[][]::new);
        members = members();
        dropLinksThatAreTheNodePair(observations, ids);
    }

    /**
     * Meetings of two suspects, where others were measured too: they are met again and again because they look slow, and say
     * nothing of what healthy parts give.
     */
    boolean[] within(Set<String> suspects) {
        boolean[] within = new boolean[slowness.length];
        boolean others = false;
        for (int i = 0; i < within.length; i++) {
            within[i] = IntStream.of(partsOf[i])
                    .allMatch(part -> suspects.containsAll(parts.get(part).nodes()));
            others |= !within[i];
        }
        return others ? within : new boolean[within.length];
    }

    int size() {
        return slowness.length;
    }

    int parts() {
        return parts.size();
    }

    Part part(int part) {
        return parts.get(part);
    }

    int[] members(int part) {
        return members[part];
    }

    int[] partsOf(int observation) {
        return partsOf[observation];
    }

    /** Logarithm, &gt; 0 is slow, against the fleet's usual value of that kind. */
    double slowness(int observation) {
        return slowness[observation];
    }

    /** The median of each meeting of a part, sorted; of the observations still to be explained. */
    double[] meetingMedians(int part, boolean[] explained) {
        int[] own = members[part];
        double[] medians = new double[own.length];
        double[] values = new double[own.length];
        int count = 0;
        int size = 0;
        for (int i = 0; i < own.length; i++) {
            if (!explained[own[i]]) {
                values[size++] = slowness[own[i]];
            }
            if (size > 0 && (i + 1 == own.length || meeting[own[i + 1]] != meeting[own[i]])) {
                Arrays.sort(values, 0, size);
                medians[count++] = Robust.medianOfSorted(values, size);
                size = 0;
            }
        }
        double[] sorted = Arrays.copyOf(medians, count);
        Arrays.sort(sorted);
        return sorted;
    }

    private int add(Part part) {
        parts.add(part);
        return parts.size() - 1;
    }

    private int[][] members() {
        int[] counts = new int[parts.size()];
        for (int[] own : partsOf) {
            for (int part : own) {
                counts[part]++;
            }
        }
        int[][] all = Arrays.stream(counts).mapToObj(int[]::new).toArray(int[][]::new);
        Arrays.fill(counts, 0);
        for (int i = 0; i < partsOf.length; i++) {
            for (int part : partsOf[i]) {
                all[part][counts[part]++] = i;
            }
        }
        return all;
    }

    /** Two nodes that met through one NIC each have one way between them: one suspect, not two names for it. */
    private void dropLinksThatAreTheNodePair(List<PairObservation> observations, Map<Part, Integer> ids) {
        for (int i = 0; i < observations.size(); i++) {
            if (!observations.get(i).withinNode()) {
                int link = ids.getOrDefault(observations.get(i).link(), -1);
                int pair = ids.getOrDefault(observations.get(i).nodePair(), -1);
                if (members[link].length == members[pair].length) {
                    members[link] = new int[0];
                }
            }
        }
    }

    /** Numbered in the order in which they are first seen. */
    private static int[] meetings(List<PairObservation> observations) {
        Map<Meeting, Integer> numbers = new HashMap<>();
        return observations.stream()
                .mapToInt(observation -> numbers.computeIfAbsent(
                        new Meeting(observation.round(), observation.nodePair()), meeting -> numbers.size()))
                .toArray();
    }

    private static List<PairObservation> byMeeting(List<PairObservation> observations) {
        int[] numbers = meetings(observations);
        return IntStream.range(0, numbers.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> numbers[i]))
                .map(observations::get)
                .toList();
    }

    /**
     * Usual is the median over nodes of the median over each node's partners: a slow node pulls every node's median a little,
     * where in one median over all pairs it would be a quarter of eight nodes' pairs; and a pair that met again and again,
     * being suspect, is one of its nodes' partners.
     */
    private static double[] slowness(List<PairObservation> observations, Better better) {
        double[] logs = observations.stream()
                .mapToDouble(observation -> StrictMath.log(observation.value()))
                .toArray();
        Map<String, Double> usual = new LinkedHashMap<>();
        byKind(observations)
                .forEach((kind, nodes) -> usual.put(
                        kind,
                        median(nodes.values().stream()
                                .map(partners -> median(partners.values().stream()
                                        .map(met -> median(
                                                met.stream().map(i -> logs[i]).toList()))
                                        .toList()))
                                .toList())));
        return IntStream.range(0, logs.length)
                .mapToDouble(i ->
                        better.slowness(usual.getOrDefault(observations.get(i).kind(), Double.NaN), logs[i]))
                .toArray();
    }

    private static double median(List<Double> values) {
        return Robust.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Of every kind, by node and by whom it met. */
    private static Map<String, Map<String, Map<String, List<Integer>>>> byKind(List<PairObservation> observations) {
        Map<String, Map<String, Map<String, List<Integer>>>> kinds = new TreeMap<>();
        for (int i = 0; i < observations.size(); i++) {
            PairObservation observation = observations.get(i);
            Map<String, Map<String, List<Integer>>> nodes =
                    kinds.computeIfAbsent(observation.kind(), kind -> new TreeMap<>());
            add(nodes, observation.a(), observation.b(), i);
            add(nodes, observation.b(), observation.a(), i);
        }
        return kinds;
    }

    /** Within a node partners are GPUs. */
    private static void add(Map<String, Map<String, List<Integer>>> nodes, PairEnd own, PairEnd other, int i) {
        String partner = own.node().equals(other.node()) ? "GPU " + other.localRank() : other.node();
        nodes.computeIfAbsent(own.node(), node -> new TreeMap<>())
                .computeIfAbsent(partner, met -> new ArrayList<>())
                .add(i);
    }
}
