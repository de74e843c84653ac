package dev.assay.verdict;

import dev.assay.measurement.Header;
import java.util.List;

/** The fields of a header, to change one of them in a test. */
final class HeaderFields {
    String run;
    String plan;
    int schema;
    String launch;
    int rank;
    int worldSize;
    String node;
    int localRank;
    String bootId;
    List<Integer> communicator;

    private final Header from;

    HeaderFields(Header from) {
        this.from = from;
        schema = from.schema();
        run = from.run();
        plan = from.plan();
        launch = from.launch();
        rank = from.rank();
        worldSize = from.worldSize();
        node = from.node();
        localRank = from.localRank();
        bootId = from.bootId();
        communicator = from.communicator();
    }

    Header header() {
        return new Header(
                schema,
                run,
                plan,
                from.experiment(),
                launch,
                rank,
                worldSize,
                node,
                localRank,
                from.host(),
                bootId,
                from.pid(),
                communicator);
    }
}
