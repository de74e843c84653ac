package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.job.RunFolder;
import dev.assay.measurement.Check;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.Header;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Experiment;
import dev.assay.plan.Launch;
import dev.assay.plan.PairRounds;
import dev.assay.plan.Plan;
import dev.assay.verdict.Fleet;
import dev.assay.verdict.Judge;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import dev.assay.workload.NodePairRetest;
import dev.assay.workload.NodePairRetest.Meeting;
import dev.assay.workload.NodePairRetest.Round;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the first look at eight nodes of eight GPUs, which share two NICs a node, to the jobs that follow and the verdict. */
class PairLookTest {
    private static final int GPUS = 8;
    private static final String SIFTING = "node-pair-sifting";
    private static final String JUDGING = "node-pair-judging";

    @TempDir
    private Path folder;

    private final List<String> launched = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    /** How much of the usual value a meeting reaches; nodes from 1. */
    private interface Share {
        double of(String experiment, int a, int b, int localRank);

        /** Standard deviation of a value. */
        default double noise() {
            return 0.002;
        }
    }

    /** @param noise of every value, so that little stands out */
    private record Noisy(double noise, Share share) implements Share {
        @Override
        public double of(String experiment, int a, int b, int localRank) {
            return share.of(experiment, a, b, localRank);
        }
    }

    @Test
    void aLameNicIsAccusedByFreshRoundsAlone() {
        Verdict verdict = verdict(look(8, (experiment, a, b, local) -> (a == 3 || b == 3) && local >= 4 ? 0.7 : 1), 8);

        assertThat(launched).containsExactly(SIFTING, JUDGING);
        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence()).contains("accused: node003 NIC 1: 29.");
        assertThat(verdict.details())
                .filteredOn(line -> line.startsWith("accused: "))
                .singleElement()
                .asString()
                .contains("in 16 of 16 meetings");
        assertThat(told.get(0)).isEqualTo("node-pair: 7 pairs of nodes below a limit, to be looked at again");
        assertThat(told.get(1)).contains("node003").endsWith("look slow or miss a limit; 8 rounds more");
        assertThat(told.get(2)).contains("node003").endsWith("still do; 16 fresh rounds with known-good partners");
        assertThat(told.get(3)).isEqualTo("node-pair: 1 accused");
    }

    @Test
    void aSlowWayBetweenTwoNodesIsNotItsEnds() {
        Verdict verdict = verdict(look(8, (experiment, a, b, local) -> a == 2 && b == 7 ? 0.8 : 1), 8);

        assertThat(verdict.details())
                .filteredOn(line -> line.startsWith("accused: "))
                .singleElement()
                .asString()
                .startsWith("accused: the network between node002 and node007: 2")
                .contains("in 8 of 8 meetings");
    }

    @Test
    void whoWasSlowOnlyOnceIsCleared() {
        Verdict verdict = verdict(
                look(8, (experiment, a, b, local) -> experiment.equals("node-pair") && a == 2 && b == 7 ? 0.5 : 1), 8);

        assertThat(launched).startsWith(SIFTING);
        assertThat(verdict.details())
                .noneMatch(line -> line.startsWith("accused: ") || line.startsWith("suspect"))
                .filteredOn(line -> line.startsWith("cleared: "))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("cleared: the network between node002 and node007: 49.")
                        .contains(" % slower in the first pass, ")
                        .contains(" % over all its "));
        assertThat(told).last().isEqualTo("node-pair: nobody is accused");
    }

    @Test
    void valuesThatMadeSomebodySuspectConvictNobody() {
        Verdict verdict = verdict(
                look(8, (experiment, a, b, local) -> !experiment.equals(JUDGING) && (a == 5 || b == 5) ? 0.5 : 1), 8);

        assertThat(launched).containsExactly(SIFTING, JUDGING);
        assertThat(verdict.details())
                .noneMatch(line -> line.startsWith("accused: "))
                .anyMatch(line -> line.startsWith("cleared: node node005: 49."));
    }

    /** The most nodes of which every pair is measured. */
    @Test
    void aSlowWayAmong64NodesIsAccused() {
        Verdict verdict = verdict(look(64, (experiment, a, b, local) -> a == 20 && b == 57 ? 0.7 : 1), 64);

        assertThat(launched).containsExactly(SIFTING, JUDGING);
        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence())
                .contains("32256 of 32256 links", "accused: the network between node020 and node057");
    }

    @Test
    void aHealthyFleetIsNotLookedAtAgain() {
        Verdict verdict = verdict(look(8, (experiment, a, b, local) -> 1), 8);

        assertThat(launched).isEmpty();
        assertThat(told).isEmpty();
        assertThat(verdict.state()).isEqualTo(State.PASS);
        assertThat(verdict.details()).noneMatch(line -> line.contains("accused") || line.contains("suspect"));
    }

    @Test
    void ofTwoNodesNeitherCanBeToldFromTheOther() {
        Verdict verdict = verdict(look(2, (experiment, a, b, local) -> local == 3 ? 0.5 : 1), 2);

        assertThat(launched).isEmpty();
        assertThat(told).singleElement().asString().contains("of two nodes neither can be told from the other");
        assertThat(verdict.details()).anyMatch(line -> line.startsWith("of two nodes neither is known to be good"));
    }

    @Test
    void aSecondLookThatDidNotRunIsNotForgotten() {
        Plan plan = Plans.h200(8);
        Experiment first = plan.experiment("node-pair");
        Share slow = (experiment, a, b, local) -> a == 3 || b == 3 ? 0.7 : 1;
        PairLook look = new PairLook(
                plan,
                first,
                new RunFolder(folder, "run-1"),
                experiment -> ExperimentResult.notRun(experiment.id(), "Slurm did not take the job"),
                told::add);

        Verdict verdict = verdict(look.after(result(first, rounds(first), slow)), 8);

        assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
        assertThat(verdict.sentence()).contains("launch sifting-8: Slurm did not take the job");
    }

    @Test
    void pairsBelowTheLimitMeetAgainThoughTheyDoNotStandOut() {
        Share onceSlow = new Noisy(
                0.05, (experiment, a, b, local) -> experiment.equals("node-pair") && a == 1 && b <= 3 ? 0.86 : 1);

        Verdict verdict = verdict(look(4, onceSlow), 4);

        assertThat(launched).containsExactly(SIFTING);
        assertThat(told.get(0)).isEqualTo("node-pair: 3 pairs of nodes below a limit, to be looked at again");
        assertThat(told.get(1)).endsWith("look slow or miss a limit; 8 rounds more");
        assertThat(told).last().isEqualTo("node-pair: nobody is accused");
        assertThat(verdict.state()).as("what the first look gave stands").isEqualTo(State.FAIL);
        assertThat(verdict.sentence())
                .contains(": no part stands out of the others' noise;"
                        + " 3 pairs of nodes below the limit: by a second look 0 confirmed, 3 not confirmed; look at");
        assertThat(below(verdict))
                .hasSize(3)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("below the limit, not confirmed: node00")
                        .contains(" GB/s at first, ", " GB/s in the median of 4 meetings since, at least 90 % of")
                        .endsWith("; what the first look gave stands"));
    }

    @Test
    void aPairThatMissesTheLimitAgainIsConfirmedAndMeetsKnownGoodPartners() {
        for (int nodes : List.of(4, 8)) {
            launched.clear();
            Share slow = new Noisy(0.03, (experiment, a, b, local) -> a == 1 && b == 2 ? 0.8 : 1);

            Verdict verdict = verdict(look(nodes, slow), nodes);

            assertThat(launched).containsExactly(SIFTING, JUDGING);
            assertThat(below(verdict))
                    .filteredOn(line -> line.startsWith("below the limit, confirmed: "))
                    .singleElement()
                    .asString()
                    .contains("node001 GPU ", " to node002 (one of 16 values of this pair): 9.", " meetings since, ");
            assertThat(verdict.details())
                    .filteredOn(line -> line.startsWith("accused: "))
                    .singleElement()
                    .asString()
                    .startsWith("accused: the network between node001 and node002: ");
        }
    }

    @Test
    void whereMostPairsMissTheLimitItIsTheFabricAndNoPair() {
        Share halved = new Noisy(0.002, (experiment, a, b, local) -> 0.5);

        Verdict verdict = verdict(look(8, halved), 8, "pair-bandwidth");

        assertThat(launched).isEmpty();
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("node-pair: no second look at the 28 of 28 pairs of nodes that miss the limit of"
                        + " pair-bandwidth (at least 78.75 GB/s): so many are the fabric's doing, or the limit's");
        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence()).contains("no second look at the 28 of 28 pairs");
        assertThat(verdict.details()).anyMatch(line -> line.startsWith("no second look at the 28 of 28"));
    }

    @Test
    void aRecordedRunWithoutSecondLookSaysSo() {
        Plan plan = Plans.h200(4);
        Experiment first = plan.experiment("node-pair");
        Share slow = new Noisy(0.05, (experiment, a, b, local) -> a == 1 && b == 2 ? 0.86 : 1);

        Verdict verdict = verdict(result(first, rounds(first), slow), 4);

        assertThat(below(verdict))
                .isNotEmpty()
                .allMatch(line -> line.contains("below the limit, not measured again: "));
        assertThat(verdict.sentence()).contains("below the limit: not measured again; look at");
    }

    private static List<String> below(Verdict verdict) {
        return verdict.details().stream()
                .filter(line -> line.startsWith("below the limit"))
                .toList();
    }

    @Test
    void whatIsRunIsKeptBesideItsResults() {
        look(8, (experiment, a, b, local) -> a == 3 || b == 3 ? 0.7 : 1);

        for (String id : launched) {
            Experiment kept = Json.read(folder.resolve("experiments/" + id + "/experiment.json"), Experiment.class);
            assertThat(kept.id()).isEqualTo(id);
            assertThat(((NodePairRetest) kept.workload()).rounds()).isNotEmpty();
        }
        assertThat(launched).containsExactly(SIFTING, JUDGING);
        Experiment first = Plans.h200(8).experiment("node-pair");
        assertThat(PairLook.experiments(new RunFolder(folder, "run-1"), first))
                .as("what the total counts beside the first look")
                .extracting(Experiment::id)
                .containsExactly(SIFTING, JUDGING);
    }

    @Test
    void aFirstLookThatBrokeIsNotFollowed() {
        Plan plan = Plans.h200(8);
        Experiment first = plan.experiment("node-pair");
        ExperimentResult whole = result(first, rounds(first), (experiment, a, b, local) -> a == 3 || b == 3 ? 0.7 : 1);
        LaunchResult launch = whole.launches().get(0);
        LaunchResult broken = new LaunchResult(
                launch.id(),
                launch.role(),
                0,
                launch.nodes(),
                GPUS,
                launch.ranks().subList(0, 60),
                List.of(),
                Optional.of("CANCELLED"));
        ExperimentResult result = new ExperimentResult("node-pair", List.of(broken), "");

        assertThat(look(plan, first, (experiment, a, b, local) -> 1).after(result))
                .isSameAs(result);
        assertThat(launched).isEmpty();
    }

    private ExperimentResult look(int nodes, Share share) {
        Plan plan = Plans.h200(nodes);
        Experiment first = plan.experiment("node-pair");
        return look(plan, first, share).after(result(first, rounds(first), share));
    }

    private PairLook look(Plan plan, Experiment first, Share share) {
        return new PairLook(
                plan,
                first,
                new RunFolder(folder, "run-1"),
                experiment -> {
                    launched.add(experiment.id());
                    return result(experiment, ((NodePairRetest) experiment.workload()).rounds(), share);
                },
                told::add);
    }

    private static Verdict verdict(ExperimentResult result, int nodes) {
        return verdict(result, nodes, "pair-bandwidth-fleet");
    }

    private static Verdict verdict(ExperimentResult result, int nodes, String criterion) {
        Plan plan = Plans.h200(nodes);
        return Judge.judge(
                        plan.rows().stream()
                                .filter(row -> row.experiment().equals("node-pair"))
                                .map(row -> Questions.of(row, plan))
                                .toList(),
                        result)
                .stream()
                .filter(verdict -> verdict.criterion().id().equals(criterion))
                .findFirst()
                .orElseThrow();
    }

    private static List<Round> rounds(Experiment first) {
        List<List<PairRounds.Pair>> all = PairRounds.all(first.nodes());
        return IntStream.range(0, all.size())
                .mapToObj(i -> new Round(
                        i,
                        all.get(i).stream()
                                .map(pair -> new Meeting(pair.a(), pair.b()))
                                .toList()))
                .toList();
    }

    private static ExperimentResult result(Experiment experiment, List<Round> rounds, Share share) {
        Launch launch = experiment.launches().get(0);
        List<RankResult> ranks = IntStream.range(0, launch.nodes().size() * GPUS)
                .mapToObj(rank -> rank(experiment, launch, rounds, share, rank))
                .toList();
        return new ExperimentResult(
                experiment.id(),
                List.of(new LaunchResult(
                        launch.id(), launch.role(), 0, launch.nodes(), GPUS, ranks, List.of(), Optional.empty())),
                "");
    }

    private static RankResult rank(Experiment experiment, Launch launch, List<Round> rounds, Share share, int rank) {
        String self = launch.nodes().get(rank / GPUS);
        List<Measurement> measurements = new ArrayList<>();
        for (Round round : rounds) {
            for (Meeting meeting : round.meetings()) {
                if (meeting.a().equals(self) || meeting.b().equals(self)) {
                    String other = meeting.a().equals(self) ? meeting.b() : meeting.a();
                    measured(experiment.id(), round.number(), self, other, rank % GPUS, share, measurements);
                }
            }
        }
        if (rank % GPUS == 0) {
            measurements.addAll(nics());
        }
        Header header = new Header(
                Header.SCHEMA,
                "run-1",
                "plan-1",
                experiment.id(),
                launch.id(),
                rank,
                launch.nodes().size() * GPUS,
                self,
                rank % GPUS,
                self,
                "boot-" + self,
                1,
                IntStream.range(0, launch.nodes().size() * GPUS).boxed().toList());
        DeviceIdentity device = new DeviceIdentity(
                "cuda", "NVIDIA H200", "GPU-" + rank, "s" + rank, "580", 1, 132, "9.0", 1980, List.of(), Map.of());
        return new RankResult(header, device, measurements, checks(rounds, self), List.of(), Optional.empty());
    }

    /** Two a meeting: of latency, and of bandwidth. */
    private static List<Check> checks(List<Round> rounds, String self) {
        return rounds.stream()
                .flatMap(round -> round.meetings().stream())
                .filter(meeting -> meeting.a().equals(self) || meeting.b().equals(self))
                .flatMap(meeting -> Stream.of(8, 1 << 20))
                .map(elements -> new Check("node-pair.sum", elements, 0, 0, "exact"))
                .toList();
    }

    /** As the first rank of a node tells them, two that carried what was sent and nothing else. */
    private static List<Measurement> nics() {
        List<Measurement> told = new ArrayList<>();
        told.add(Measurement.of(Metric.NIC_COUNT, List.of(2.0), Map.of("kind", "rdma")));
        told.add(Measurement.of(Metric.NIC_WINDOW, List.of(10_000.0), Map.of()));
        told.add(Measurement.of(
                Metric.NIC_BYTES_PREDICTED, List.of(400e9), Map.of("algorithm", "all-reduces of two", "per", "node")));
        for (String nic : List.of("mlx5_0/1", "mlx5_1/1")) {
            Map<String, String> facts = Map.of("nic", nic, "state", "4: ACTIVE");
            told.add(Measurement.of(Metric.NIC_RATE, List.of(50.0), facts));
            told.add(Measurement.of(Metric.NIC_BYTES_SENT, List.of(200e9), facts));
            told.add(Measurement.of(Metric.NIC_BYTES_RECEIVED, List.of(200e9), facts));
        }
        return told;
    }

    /** Both ends see the same, give or take the noise: 0.2 % is too little to look slow. */
    private static void measured(
            String experiment, int round, String self, String other, int local, Share share, List<Measurement> into) {
        int one = number(self);
        int two = number(other);
        double noise = 1
                + share.noise()
                        * new Random(1_000_003L * round + 1009L * Math.min(one, two) + 31L * Math.max(one, two) + local)
                                .nextGaussian();
        double reached = share.of(experiment, Math.min(one, two), Math.max(one, two), local);
        Map<String, String> conditions = new TreeMap<>(Fleet.OVER_NICS);
        conditions.put("nics", "mlx5_0:1 mlx5_1:1 mlx5_2:1 mlx5_3:1 mlx5_4:1 mlx5_5:1 mlx5_6:1 mlx5_7:1");
        conditions.put("to", other);
        conditions.put("round", Integer.toString(round));
        into.add(Measurement.of(Metric.PAIR_BANDWIDTH, List.of(11.8 * noise * reached), conditions));
        into.add(Measurement.of(Metric.PAIR_LATENCY, List.of(20 * noise), conditions));
    }

    private static int number(String node) {
        return Integer.parseInt(node.substring("node".length()));
    }
}
