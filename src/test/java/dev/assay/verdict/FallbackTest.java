package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
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
        "host, SHM, through host memory",
        "host, NET/Socket, share one host"
    })
    void whatFellBackIsInvalidWithTheReason(String over, String transport, String words) {
        Verdict verdict = verdict(everywhere(over, transport));

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains(words);
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

    private static Verdict verdict(Fleet fleet) {
        return Judge.judge(List.of(fleet.question(BUSBW)), fleet.burn()).get(0);
    }

    private static Fleet everywhere(String over, String transport) {
        return Fleet.cuda(2, 8)
                .ranks(rank -> connected(
                        Fleet.withChecks(rank, new Check("collective.all-reduce", 1, 0, 0, "all")), over, transport));
    }

    private static RankResult connected(RankResult rank, String over, String transport) {
        Map<String, String> conditions = new TreeMap<>(Map.of("over", over));
        if (!transport.equals("unknown")) {
            conditions.put("transport", transport);
        }
        return Fleet.replace(rank, Measurement.of(Metric.COLLECTIVE_BUSBW, List.of(330.0), conditions));
    }
}
