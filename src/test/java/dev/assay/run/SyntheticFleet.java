package dev.assay.run;

import dev.assay.plan.PairRetest.Round;
import dev.assay.plan.PairRetest.Suspects;
import dev.assay.plan.PairRounds;
import dev.assay.plan.PairRounds.Pair;
import dev.assay.verdict.Better;
import dev.assay.verdict.PairEnd;
import dev.assay.verdict.PairMisses;
import dev.assay.verdict.PairObservation;
import dev.assay.verdict.Part;
import dev.assay.workload.NodePair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A made-up fleet. Bandwidth of a pair is the least of both ends and the link, latency their mean and the link's; every node,
 * GPU and NIC is a little better or worse for good, every value has noise, some are stray, and now and then all rails of a
 * meeting are slow together.
 */
final class SyntheticFleet implements PairSearch.Meter {
    /** What is wrong with it. */
    enum Fault {
        NONE,
        NODE,
        GPU,
        NIC,
        LINK
    }

    /**
     * Standard deviations, as logarithms, and shares.
     *
     * @param value of one value
     * @param part of each healthy node, GPU and NIC, lasting
     * @param stray share of values that are 5 to 30 % slow for once
     * @param disturbed share of meetings of which all rails are
     */
    record Noise(double value, double part, double stray, double disturbed) {
        static Noise realistic(SplittableRandom random) {
            return new Noise(random.nextDouble(0.01, 0.02), random.nextDouble(0.001, 0.005), 0.01, 0.005);
        }
    }

    /** @param size share that a slow pair loses */
    record Setup(int nodes, int rails, Better better, Fault fault, double size, Noise noise) {}

    private static final int NO_RAIL = -1;
    private static final String STRAIGHT = "same rail";

    /** Of the fleet's median: the default of the criterion pair-bandwidth-fleet. */
    private static final double LIMIT = 0.9;

    final Setup setup;
    private final SplittableRandom random;
    private final double[][] gpus;
    private final double[][] nics;
    private final double[] nodes;
    private final int sickNode;
    private final int sickRail;
    private final int sickPeer;
    private final Map<Way, List<Double>> screened = new LinkedHashMap<>();
    private final Map<Way, List<Double>> since = new LinkedHashMap<>();
    private double usual = Double.NaN;
    private List<Part.NodePair> below = List.of();
    private int rounds;

    /** One rail of two nodes. */
    private record Way(Part.NodePair pair, int rail) {}

    SyntheticFleet(Setup setup, long seed) {
        this.setup = setup;
        random = new SplittableRandom(seed);
        nodes = spread(setup.nodes());
        gpus = IntStream.range(0, setup.nodes())
                .mapToObj(i -> spread(setup.rails()))
                .toArray(double[][]::new);
        nics = IntStream.range(0, setup.nodes())
                .mapToObj(i -> spread(setup.rails()))
                .toArray(double[][]::new);
        Pair met = PairRounds.some(names(), 6, seed).get(random.nextInt(6)).get(0);
        sickNode = setup.fault() == Fault.LINK ? number(met.a()) : random.nextInt(setup.nodes());
        sickPeer = number(met.b());
        boolean wide = setup.fault() == Fault.NODE || (setup.fault() == Fault.LINK && random.nextBoolean());
        sickRail = wide ? NO_RAIL : random.nextInt(setup.rails());
    }

    Set<String> fleet() {
        return new TreeSet<>(names());
    }

    /** The one part that is sick. */
    Part truth() {
        String node = name(sickNode);
        return switch (setup.fault()) {
            case NONE -> throw new IllegalStateException("a clean fleet has no culprit");
            case NODE -> new Part.Node(node);
            case GPU -> new Part.Gpu(node, sickRail);
            case NIC -> new Part.Nic(node, sickRail);
            case LINK -> link();
        };
    }

    private Part link() {
        String a = name(Math.min(sickNode, sickPeer));
        String b = name(Math.max(sickNode, sickPeer));
        return sickRail == NO_RAIL || setup.rails() == 1
                ? new Part.NodePair(a, b)
                : new Part.Link(new Part.Nic(a, sickRail), new Part.Nic(b, sickRail));
    }

    @Override
    public Map<Better, List<PairObservation>> measure(PairSearch.Pass pass, Suspects suspects, List<Round> all) {
        rounds += all.size();
        List<PairObservation> seen =
                all.stream().flatMap(round -> met(round).stream()).toList();
        Map<Way, List<Double>> into = pass == PairSearch.Pass.SCREENING ? screened : since;
        seen.stream()
                .filter(each -> each.kind().equals(STRAIGHT))
                .forEach(each -> into.computeIfAbsent(way(each), way -> new ArrayList<>())
                        .add(each.value()));
        if (pass == PairSearch.Pass.SCREENING && setup.nodes() <= NodePair.MOST_NODES) {
            usual = median(screened.values().stream().flatMap(List::stream).toList());
            below = worthALook();
        }
        return Map.of(setup.better(), seen);
    }

    private static Way way(PairObservation each) {
        String a = each.a().node();
        String b = each.b().node();
        return new Way(
                a.compareTo(b) < 0 ? new Part.NodePair(a, b) : new Part.NodePair(b, a),
                each.a().localRank());
    }

    @Override
    public List<Part.NodePair> below(Better better) {
        return below;
    }

    /** As a run does, where it measures every pair. */
    private List<Part.NodePair> worthALook() {
        List<Part.NodePair> missed = screened.entrySet().stream()
                .filter(each -> misses(median(each.getValue())))
                .sorted(Comparator.comparingDouble(
                        each -> (setup.better() == Better.HIGHER ? 1 : -1) * median(each.getValue())))
                .map(each -> each.getKey().pair())
                .distinct()
                .toList();
        return PairMisses.worthALook(missed, (int)
                screened.keySet().stream().map(Way::pair).distinct().count());
    }

    @Override
    public List<Part.NodePair> confirmed(Better better) {
        return below.stream()
                .filter(pair -> IntStream.range(0, setup.rails())
                        .mapToObj(rail -> new Way(pair, rail))
                        .filter(way -> misses(median(screened.getOrDefault(way, List.of()))))
                        .anyMatch(way -> misses(median(since.getOrDefault(way, List.of())))))
                .toList();
    }

    /** Nothing, NaN, misses nothing. */
    private boolean misses(double value) {
        return setup.better() == Better.HIGHER ? value < LIMIT * usual : value > usual / LIMIT;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty()
                ? Double.NaN
                : (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    @Override
    public boolean crosses() {
        return true;
    }

    /** How many were run. */
    int rounds() {
        return rounds;
    }

    private List<PairObservation> met(Round round) {
        boolean crossed = round.crossed();
        List<PairObservation> observations = new ArrayList<>();
        for (Pair pair : round.pairs()) {
            double disturbance = random.nextDouble() < setup.noise().disturbed() ? stray() : 0;
            for (int gpu = 0; gpu < setup.rails(); gpu++) {
                int nic = crossed ? (gpu + 1) % setup.rails() : gpu;
                PairEnd a = new PairEnd(pair.a(), gpu, OptionalInt.of(nic));
                PairEnd b = new PairEnd(pair.b(), gpu, OptionalInt.of(nic));
                double value = value(number(pair.a()), number(pair.b()), gpu, nic, disturbance);
                observations.add(new PairObservation(
                        a, b, crossed && setup.rails() > 1 ? "crossed" : STRAIGHT, round.number(), value));
            }
        }
        return observations;
    }

    private double value(int a, int b, int gpu, int nic, double disturbance) {
        double noise = random.nextGaussian() * setup.noise().value();
        double slow = disturbance + (random.nextDouble() < setup.noise().stray() ? stray() : 0);
        double atA = StrictMath.exp(nodes[a] + gpus[a][gpu] + nics[a][nic]);
        double atB = StrictMath.exp(nodes[b] + gpus[b][gpu] + nics[b][nic]);
        double size = setup.size();
        if (setup.better() == Better.LOWER) {
            double sick = isSick(a, gpu, nic) || isSick(b, gpu, nic) || isSickLink(a, b, nic) ? size : 0;
            return 5e-6 * ((atA + atB) / 2 + sick) * StrictMath.exp(noise + slow);
        }
        double best = Math.min(
                Math.min(atA * (isSick(a, gpu, nic) ? 1 - size : 1), atB * (isSick(b, gpu, nic) ? 1 - size : 1)),
                isSickLink(a, b, nic) ? 1 - size : Double.POSITIVE_INFINITY);
        return 48 * best * StrictMath.exp(noise - slow);
    }

    private boolean isSick(int node, int gpu, int nic) {
        return node == sickNode
                && switch (setup.fault()) {
                    case NONE, LINK -> false;
                    case NODE -> true;
                    case GPU -> gpu == sickRail;
                    case NIC -> nic == sickRail;
                };
    }

    private boolean isSickLink(int a, int b, int nic) {
        return setup.fault() == Fault.LINK
                && Math.min(a, b) == Math.min(sickNode, sickPeer)
                && Math.max(a, b) == Math.max(sickNode, sickPeer)
                && (sickRail == NO_RAIL || sickRail == nic);
    }

    private double stray() {
        return -StrictMath.log1p(-random.nextDouble(0.05, 0.3));
    }

    private double[] spread(int count) {
        return IntStream.range(0, count)
                .mapToDouble(i -> random.nextGaussian() * setup.noise().part())
                .toArray();
    }

    private List<String> names() {
        return IntStream.range(0, setup.nodes()).mapToObj(SyntheticFleet::name).toList();
    }

    private static String name(int node) {
        return String.valueOf(10_000 + node);
    }

    private static int number(String name) {
        return Integer.parseInt(name) - 10_000;
    }
}
