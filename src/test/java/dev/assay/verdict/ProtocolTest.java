package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Header;
import dev.assay.measurement.Library;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProtocolTest {
    private static final Criterion UTILISATION =
            Fleet.criterion("gpu-utilisation", "burn", Metric.SM_ACTIVE, Statistic.MEAN, new Limit.AtLeast(90));

    private final Fleet fleet = Fleet.cuda(2, 8);

    static List<Arguments> lies() {
        return List.of(
                lie(
                        "world size",
                        header(h -> new Header(
                                1,
                                h.run(),
                                h.plan(),
                                h.experiment(),
                                h.launch(),
                                h.rank(),
                                8,
                                h.node(),
                                h.localRank(),
                                h.host(),
                                h.bootId(),
                                h.pid(),
                                h.communicator()))),
                lie(
                        "rank must be 3, found 2",
                        header(h -> new Header(
                                1,
                                h.run(),
                                h.plan(),
                                h.experiment(),
                                h.launch(),
                                2,
                                h.worldSize(),
                                h.node(),
                                h.localRank(),
                                h.host(),
                                h.bootId(),
                                h.pid(),
                                h.communicator()))),
                lie(
                        "node must be node001",
                        header(h -> new Header(
                                1,
                                h.run(),
                                h.plan(),
                                h.experiment(),
                                h.launch(),
                                h.rank(),
                                h.worldSize(),
                                "node009",
                                h.localRank(),
                                h.host(),
                                h.bootId(),
                                h.pid(),
                                h.communicator()))),
                lie(
                        "local rank",
                        header(h -> new Header(
                                1,
                                h.run(),
                                h.plan(),
                                h.experiment(),
                                h.launch(),
                                h.rank(),
                                h.worldSize(),
                                h.node(),
                                7,
                                h.host(),
                                h.bootId(),
                                h.pid(),
                                h.communicator()))),
                lie(
                        "launch must be",
                        header(h -> new Header(
                                1,
                                h.run(),
                                h.plan(),
                                h.experiment(),
                                "load-r9",
                                h.rank(),
                                h.worldSize(),
                                h.node(),
                                h.localRank(),
                                h.host(),
                                h.bootId(),
                                h.pid(),
                                h.communicator()))),
                lie(
                        "run differs",
                        header(h -> new Header(
                                1,
                                "run-2",
                                h.plan(),
                                h.experiment(),
                                h.launch(),
                                h.rank(),
                                h.worldSize(),
                                h.node(),
                                h.localRank(),
                                h.host(),
                                h.bootId(),
                                h.pid(),
                                h.communicator()))),
                lie(
                        "plan differs",
                        header(h -> new Header(
                                1,
                                h.run(),
                                "plan-2",
                                h.experiment(),
                                h.launch(),
                                h.rank(),
                                h.worldSize(),
                                h.node(),
                                h.localRank(),
                                h.host(),
                                h.bootId(),
                                h.pid(),
                                h.communicator()))),
                lie(
                        "boot ids",
                        header(h -> new Header(
                                1,
                                h.run(),
                                h.plan(),
                                h.experiment(),
                                h.launch(),
                                h.rank(),
                                h.worldSize(),
                                h.node(),
                                h.localRank(),
                                h.host(),
                                "boot-1",
                                h.pid(),
                                h.communicator()))),
                lie("device kind", device("reference", "NVIDIA H200", "GPU-3", "580.159.04", "13.1")),
                lie("GPU model", device("cuda", "NVIDIA H100", "GPU-3", "580.159.04", "13.1")),
                lie("two ranks measured the same GPU", device("cuda", "NVIDIA H200", "GPU-2", "580.159.04", "13.1")),
                lie("driver differs", device("cuda", "NVIDIA H200", "GPU-3", "570.1", "13.1")),
                lie("versions of cublasLt differ", device("cuda", "NVIDIA H200", "GPU-3", "580.159.04", "12.8")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void resultThatCannotBeWhatItClaimsIsInvalid(String words, UnaryOperator<RankResult> lie) {
        Verdict verdict = fleet.rank(3, lie).burn(UTILISATION);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains(words);
    }

    @Test
    void nodesThatShareAHostMustSaySo() {
        Fleet oneHost = fleet.ranks(rank -> Fleet.withHeader(
                rank,
                h -> new Header(
                        1,
                        h.run(),
                        h.plan(),
                        h.experiment(),
                        h.launch(),
                        h.rank(),
                        h.worldSize(),
                        h.node(),
                        h.localRank(),
                        h.host(),
                        "boot",
                        h.pid(),
                        h.communicator())));

        assertThat(oneHost.burn(UTILISATION).state()).isEqualTo(State.INVALID);
        assertThat(oneHost.burn(UTILISATION).sentence()).contains("sharedHost");
    }

    @Test
    void gpuCountAskedForMustBeTheOneThatRan() {
        Question asked = new Question(
                "gpu-utilisation@2",
                "",
                UTILISATION,
                2,
                8,
                1,
                fleet.question(UTILISATION).contract());

        Verdict verdict = Judge.judge(List.of(asked), Fleet.cuda(2, 4).burn()).get(0);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
    }

    @Test
    void libraryThatOnlySomeRanksMappedIsNoConflict() {
        Fleet some = fleet.rank(
                3,
                rank -> Fleet.withDevice(
                        rank,
                        d -> new DeviceIdentity(
                                d.kind(),
                                d.model(),
                                d.uuid(),
                                d.serial(),
                                d.driver(),
                                d.memoryBytes(),
                                d.multiprocessors(),
                                d.computeCapability(),
                                d.maxSmClockMhz(),
                                List.of(),
                                d.facts())));

        assertThat(some.burn(UTILISATION).state()).isEqualTo(State.PASS);
    }

    private static Arguments lie(String words, UnaryOperator<RankResult> lie) {
        return Arguments.of(words, lie);
    }

    private static UnaryOperator<RankResult> header(UnaryOperator<Header> spoil) {
        return rank -> Fleet.withHeader(rank, spoil);
    }

    private static UnaryOperator<RankResult> device(
            String kind, String model, String uuid, String driver, String library) {
        return rank -> Fleet.withDevice(
                rank,
                d -> new DeviceIdentity(
                        kind,
                        model,
                        uuid,
                        d.serial(),
                        driver,
                        d.memoryBytes(),
                        d.multiprocessors(),
                        d.computeCapability(),
                        d.maxSmClockMhz(),
                        List.of(new Library("cublasLt", "/lib", library, "aa")),
                        d.facts()));
    }
}
