package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FallbackTest {
    private static final Criterion BUSBW = Fleet.criterion(
            "all-reduce", "collective", Metric.COLLECTIVE_BUSBW, Statistic.MEDIAN, new Limit.AtLeast(300));

    @ParameterizedTest
    @CsvSource({
        "network, NET/IB+P2P/CUMEM",
        "network, NET/IB",
        "host, P2P/CUMEM",
        "host, P2P/IPC",
    })
    void whatTheClusterPromisesIsJudged(String over, String transport) {
        assertThat(verdict(everywhere(over, transport)).state()).isEqualTo(State.PASS);
    }

    @ParameterizedTest
    @CsvSource({
        "network, NET/Socket, over sockets",
        "network, NET/IB+SHM, through host memory",
        "network, P2P/CUMEM, no network transport on any rank",
        "network, unknown, did not report",
        "host, unknown, did not report",
        "host, SHM, through host memory",
        "host, NET/Socket, share one host"
    })
    void whatFellBackIsInvalidWithTheReason(String over, String transport, String words) {
        Verdict verdict = verdict(everywhere(over, transport));

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains(words);
    }

    /** A fault is reported with its size, INVALID or not: two ranks gave 20 where the others gave 25. */
    @Test
    void whatFellBackTellsWhatItReachedBesideWhatWasAsked() {
        Fleet fleet =
                everywhere("host", "SHM").ranks(rank -> rate(rank, rank.header().rank() < 2 ? 20 : 25));

        String sentence = verdict(fleet).sentence();

        assertThat(sentence)
                .contains("through host memory (SHM)")
                .contains("; so it gave a median of 25.0 GB/s over 16 GPUs, lowest 20.0 GB/s on node001 GPU 0")
                .endsWith(", asked is at least 300 GB/s");
    }

    @Test
    void whatFellBackAndMeasuredNothingTellsNoSize() {
        Criterion wrong = Fleet.criterion(
                "collective-correct", "collective", Metric.WRONG_ELEMENTS, Statistic.MAXIMUM, new Limit.AtMost(0));
        Fleet fleet = everywhere("host", "SHM");

        Verdict verdict =
                Judge.judge(List.of(fleet.question(wrong)), fleet.burn()).get(0);

        assertThat(verdict.sentence()).contains("(SHM)").doesNotContain("so it gave");
    }

    @Test
    void oneRankOnSocketsIsEnough() {
        Fleet fleet = everywhere("network", "NET/IB").rank(3, rank -> connected(rank, "network", "NET/Socket"));

        assertThat(verdict(fleet).sentence()).contains("NET/Socket", "GPU 3");
    }

    @Test
    void aRankInsideARingNeedNotCrossTheNetworkItself() {
        Fleet fleet = everywhere("network", "P2P/CUMEM").rank(0, rank -> connected(rank, "network", "NET/IB"));

        assertThat(verdict(fleet).state()).isEqualTo(State.PASS);
    }

    @ParameterizedTest
    @CsvSource({
        "DEFAULT, network, NET/IB+P2P/CUMEM, ''",
        "CROSS_RAIL, network, NET/IB, ''",
        "NIC_ONLY, network, NET/IB, ''",
        "RING, network, NET/IB+P2P/CUMEM, algorithm=RING"
    })
    void whatTheVariantAsksForIsJudged(LaunchVariant variant, String over, String transport, String more) {
        Verdict verdict = fabric(variant, over, transport, more);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
    }

    @ParameterizedTest
    @CsvSource({
        "DEFAULT, network, NET/IB+SHM, '', through host memory",
        "DEFAULT, network, unknown, '', did not report",
        "CROSS_RAIL, network, NET/IB, pxn=1 of 4 connections, '(PXN, 1 of 4 connections)'",
        "CROSS_RAIL, network, NET/Socket, '', over sockets",
        "NIC_ONLY, network, NET/IB+P2P/CUMEM, '', by NICs alone",
        "NIC_ONLY, network, NET/IB+SHM, '', by NICs alone",
        "NIC_ONLY, network, NET/IB+NVLS, '', by NICs alone",
        "NIC_ONLY, network, NET/Socket, '', over sockets",
        "RING, network, NET/IB+P2P/CUMEM, algorithm=TREE, took the algorithm TREE",
        "RING, network, NET/IB+P2P/CUMEM, algorithm=NVLS+RING, took the algorithm NVLS+RING",
        "RING, network, NET/IB+P2P/CUMEM, '', reported no algorithm"
    })
    void whatAVariantDidNotGetIsInvalid(
            LaunchVariant variant, String over, String transport, String more, String words) {
        Verdict verdict = fabric(variant, over, transport, more);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains(words);
    }

    @Test
    void rankZeroAloneTellsTheAlgorithm() {
        Fleet silent = fabricFleet(LaunchVariant.RING, "network", "NET/IB", "");

        Fleet told = silent.rank(0, rank -> all(rank, LaunchVariant.RING, "network", "NET/IB", "algorithm=RING"));

        assertThat(judged(told, LaunchVariant.RING).state()).isEqualTo(State.PASS);
        assertThat(judged(silent, LaunchVariant.RING).state()).isEqualTo(State.INVALID);
    }

    @Test
    void aVariantIsJudgedByItsOwnLaunchOnly() {
        Fleet fleet = fabricFleet(LaunchVariant.DEFAULT, "network", "NET/IB", "");

        Verdict verdict = judged(fleet, LaunchVariant.RING);

        assertThat(verdict.state()).isEqualTo(State.NOT_RUN);
    }

    private static Verdict fabric(LaunchVariant variant, String over, String transport, String more) {
        return judged(fabricFleet(variant, over, transport, more), variant);
    }

    private static Verdict judged(Fleet fleet, LaunchVariant variant) {
        Criterion any =
                Fleet.criterion("fabric", "fabric", Metric.FABRIC_BUSBW, Statistic.MEDIAN, new Limit.AtLeast(300));
        Criterion criterion =
                Fleet.with(any, c -> c.conditions = Map.of("variant", variant.key(), "pattern", "all-reduce"));
        return Judge.judge(List.of(fleet.question(criterion)), fleet.burn()).get(0);
    }

    private static Fleet fabricFleet(LaunchVariant variant, String over, String transport, String more) {
        return Fleet.cuda(2, 8)
                .ranks(rank -> all(rank, variant, over, transport, more))
                .launches(launch -> Fleet.withVariant(launch, variant));
    }

    private static RankResult all(RankResult rank, LaunchVariant variant, String over, String transport, String more) {
        Map<String, String> conditions = new TreeMap<>(transport.contains("NET/IB") ? Fleet.OVER_NICS : Map.of());
        conditions.remove("transport");
        conditions.putAll(Map.of("over", over, "variant", variant.key(), "pattern", "all-reduce", "round", "0"));
        if (!transport.equals("unknown")) {
            conditions.put("transport", transport);
        }
        if (!more.isEmpty()) {
            conditions.put(more.split("=", 2)[0], more.split("=", 2)[1]);
        }
        return Fleet.replace(
                Fleet.withChecks(rank, new Check("fabric.all-reduce", 1, 0, 0, "all")),
                Measurement.of(Metric.FABRIC_BUSBW, List.of(330.0), conditions));
    }

    private static Verdict verdict(Fleet fleet) {
        return Judge.judge(List.of(fleet.question(BUSBW)), fleet.burn()).get(0);
    }

    private static Fleet everywhere(String over, String transport) {
        return Fleet.cuda(2, 8)
                .ranks(rank -> connected(
                        Fleet.withChecks(rank, new Check("collective.all-reduce", 1, 0, 0, "all")), over, transport));
    }

    private static RankResult rate(RankResult rank, double gigabytes) {
        Measurement before = rank.measurement(Metric.COLLECTIVE_BUSBW).orElseThrow();
        return Fleet.replace(rank, Measurement.of(Metric.COLLECTIVE_BUSBW, List.of(gigabytes), before.conditions()));
    }

    private static RankResult connected(RankResult rank, String over, String transport) {
        Map<String, String> conditions = new TreeMap<>(transport.contains("NET/IB") ? Fleet.OVER_NICS : Map.of());
        conditions.put("over", over);
        if (!transport.equals("unknown")) {
            conditions.put("transport", transport);
        }
        return Fleet.replace(rank, Measurement.of(Metric.COLLECTIVE_BUSBW, List.of(330.0), conditions));
    }
}
