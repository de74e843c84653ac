package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Library;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IdentitiesTest {
    private static final Criterion EQUAL = Fleet.criterion(
            "identity-equal", "burn", Metric.IDENTITY_DIFFERENCES, Statistic.MAXIMUM, new Limit.AtMost(0));
    private static final Map<String, String> FACTS = Map.of(
            "vbios", "96.00.A5.00.1A",
            "powerLimitEnforced", "700.0 W",
            "powerLimitDefault", "700.0 W",
            "persistenceMode", "enabled",
            "migMode", "disabled",
            "computeMode", "default",
            "eccMode", "enabled",
            "pcieGenerationMax", "5",
            "pcieWidthMax", "16",
            "cudaDriverVersion", "13.0");

    private final Fleet fleet = Fleet.cuda(2, 8).ranks(rank -> facts(rank, FACTS));

    @Test
    void gpusThatAreAlikePass() {
        Verdict verdict = fleet.burn(EQUAL);

        assertThat(verdict.state()).isEqualTo(State.PASS);
        assertThat(verdict.sentence()).contains("0 everywhere").contains("16 of 16 GPUs");
        assertThat(verdict.details())
                .contains("identity: driver 580.159.04 on 16 GPUs", "identity: vbios 96.00.A5.00.1A on 16 GPUs");
    }

    @Test
    void aNodeWithAnotherDriverFailsAndIsNamed() {
        Fleet mixed = fleet.ranks(
                rank -> rank.header().node().equals("node002") && rank.header().localRank() < 4
                        ? device(rank, "570.1", "NVIDIA H200", 150_754_820_096L, "13.1")
                        : rank);

        Verdict verdict = mixed.burn(EQUAL);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence())
                .contains("node002 GPU 0 (GPU-8): driver 570.1 as on 4 of 16, 580.159.04 on 12")
                .contains("missed by 4");
        Criterion other = Fleet.burnCriteria().get(1);
        assertThat(mixed.burn(other).state()).isEqualTo(State.INVALID);
    }

    @Test
    void everyFactCounts() {
        for (String fact : FACTS.keySet()) {
            Fleet odd = fleet.rank(5, rank -> fact(rank, fact, "something else"));

            Verdict verdict = odd.burn(EQUAL);

            assertThat(verdict.state()).as(fact).isEqualTo(State.FAIL);
            assertThat(verdict.sentence()).contains("node001 GPU 5 (GPU-5): " + fact + " something else as on 1 of 16");
            assertThat(verdict.value()).hasValue(1);
        }
    }

    @Test
    void modelMemoryAndLibrariesCountTooAndAddUp() {
        Fleet odd = fleet.rank(7, rank -> device(rank, "580.159.04", "NVIDIA H200 NVL", 1, "13.0"));

        Verdict verdict = odd.burn(EQUAL);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.value()).hasValue(3);
        assertThat(verdict.sentence())
                .contains("model NVIDIA H200 NVL")
                .contains("memory 1 B")
                .contains("cublasLt version 13.0");
    }

    @Test
    void withoutAMajorityAllAreSuspect() {
        Fleet halves =
                fleet.ranks(rank -> rank.header().node().equals("node002") ? fact(rank, "vbios", "96.00.B0") : rank);

        Verdict verdict = halves.burn(EQUAL);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence()).contains("missed by 16");
    }

    @Test
    void aFactThatNvmlCannotTellIsEqualToNothing() {
        Fleet silent = fleet.ranks(rank -> fact(rank, "migMode", "Not Supported (3) by nvmlDeviceGetMigMode"));

        Verdict verdict = silent.burn(EQUAL);

        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("migMode is unknown").contains("Not Supported (3)");
    }

    @Test
    void aFactThatIsAbsentBreaksCoverage() {
        Fleet one = fleet.rank(2, rank -> facts(rank, Map.of()));

        assertThat(one.burn(EQUAL).state()).isEqualTo(State.INVALID);
        assertThat(one.burn(EQUAL).sentence()).contains("node001 GPU 2").contains("vbios is absent");
        assertThat(Fleet.cuda(2, 8).burn(EQUAL).state()).isEqualTo(State.INCONCLUSIVE);
    }

    @Test
    void oneGpuIsNoFleet() {
        assertThat(Fleet.cuda(1, 1)
                        .ranks(rank -> facts(rank, FACTS))
                        .burn(EQUAL)
                        .state())
                .isEqualTo(State.NOT_APPLICABLE);
    }

    @Test
    void theReferenceDeviceIsComparedAsWellAndCanFail() {
        Fleet reference = Fleet.reference(3, 1);

        assertThat(reference.burn(EQUAL).state()).isEqualTo(State.PASS);
        Verdict odd = reference
                .rank(1, rank -> device(rank, "Java 18", "reference", 150_754_820_096L, "13.1"))
                .burn(EQUAL);
        assertThat(odd.state()).isEqualTo(State.FAIL);
        assertThat(odd.sentence()).contains("node002 GPU 0 (GPU-1): driver Java 18 as on 1 of 3");
    }

    private static RankResult fact(RankResult rank, String fact, String value) {
        Map<String, String> facts = new HashMap<>(rank.device().facts());
        facts.put(fact, value);
        return facts(rank, facts);
    }

    private static RankResult facts(RankResult rank, Map<String, String> facts) {
        return Fleet.withDevice(rank, d -> d.facts = facts);
    }

    private static RankResult device(RankResult rank, String driver, String model, long memory, String library) {
        return Fleet.withDevice(rank, d -> {
            d.driver = driver;
            d.model = model;
            d.memoryBytes = memory;
            d.libraries = List.of(new Library("cublasLt", "/usr/lib/libcublasLt.so.13", library, "aa"));
        });
    }
}
