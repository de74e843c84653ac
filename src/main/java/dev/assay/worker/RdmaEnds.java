package dev.assay.worker;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.assay.measurement.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What one rank tells the others of the tests that it takes part in. */
final class RdmaEnds {
    private RdmaEnds() {}

    /**
     * A server that listens, or why it does not.
     *
     * @param link index of the test
     */
    record Offer(int link, int port, String problem) {}

    /**
     * What one end printed, or why it is no answer.
     *
     * @param report the only one; none where there is a problem
     */
    record Answer(int link, List<PerftestReport> report, String problem) {
        Answer {
            report = List.copyOf(report);
        }
    }

    static <T> List<T> gather(Group group, String name, List<T> mine, TypeReference<List<T>> type) {
        try {
            List<T> all = new ArrayList<>();
            for (byte[] part : group.allGather(name, StrictJson.mapper().writeValueAsBytes(mine))) {
                all.addAll(StrictJson.mapper().readValue(part, type));
            }
            return all;
        } catch (IOException e) {
            throw new WorkerException(
                    "telling the others of '" + name + "': " + e + "; do all nodes run the same version of the suite?",
                    e);
        }
    }
}
