package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Library;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.function.Consumer;
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
                lie("world size", header(h -> h.worldSize = 8)),
                lie("rank must be 3, found 2", header(h -> h.rank = 2)),
                lie("node must be node001", header(h -> h.node = "node009")),
                lie("local rank", header(h -> h.localRank = 7)),
                lie("launch must be", header(h -> h.launch = "load-r9")),
                lie("run differs", header(h -> h.run = "run-2")),
                lie("plan differs", header(h -> h.plan = "plan-2")),
                lie("boot ids", header(h -> h.bootId = "boot-1")),
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
        Fleet oneHost = fleet.ranks(rank -> Fleet.withHeader(rank, h -> h.bootId = "boot"));

        assertThat(oneHost.burn(UTILISATION).state()).isEqualTo(State.INVALID);
        assertThat(oneHost.burn(UTILISATION).sentence()).contains("sharedHost");
    }

    @Test
    void gpuCountAskedForMustBeTheOneThatRan() {
        Question asked = QuestionFields.question(
                UTILISATION, 2, 8, fleet.question(UTILISATION).contract());

        Verdict verdict = Judge.judge(List.of(asked), Fleet.cuda(2, 4).burn()).get(0);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
    }

    @Test
    void libraryThatOnlySomeRanksMappedIsNoConflict() {
        Fleet some = fleet.rank(3, rank -> Fleet.withDevice(rank, d -> d.libraries = List.of()));

        assertThat(some.burn(UTILISATION).state()).isEqualTo(State.PASS);
    }

    private static Arguments lie(String words, UnaryOperator<RankResult> lie) {
        return Arguments.of(words, lie);
    }

    private static UnaryOperator<RankResult> header(Consumer<HeaderFields> lie) {
        return rank -> Fleet.withHeader(rank, lie);
    }

    private static UnaryOperator<RankResult> device(
            String kind, String model, String uuid, String driver, String library) {
        return rank -> Fleet.withDevice(rank, d -> {
            d.kind = kind;
            d.model = model;
            d.uuid = uuid;
            d.driver = driver;
            d.libraries = List.of(new Library("cublasLt", "/lib", library, "aa"));
        });
    }
}
