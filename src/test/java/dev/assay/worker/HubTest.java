package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HubTest {
    private final Hub hub = new Hub(new Meeting(
            "run-1",
            "e/l",
            Path.of("folder"),
            0,
            List.of("node0", "node1", "node2"),
            true,
            new Meeting.Secret(new byte[] {1})));

    @Test
    void whoeverComesAfterALossIsToldOfIt() {
        List<Frame> late = new ArrayList<>();
        hub.join(0, frame -> {});
        hub.join(2, frame -> {});
        hub.receive(2, Frame.words(Frame.Kind.FAILED, "phase measure: out of memory"));

        hub.join(1, late::add);

        assertThat(late).singleElement().satisfies(frame -> {
            assertThat(frame.kind()).isEqualTo(Frame.Kind.LOST);
            assertThat(frame.name()).isEqualTo("rank 2 (node2) failed in phase measure: out of memory");
        });
    }

    @Test
    void onlyTheFirstLossIsTold() {
        List<Frame> told = new ArrayList<>();
        hub.join(0, told::add);
        hub.join(1, frame -> {});
        hub.join(2, frame -> {});

        hub.receive(2, Frame.words(Frame.Kind.FAILED, "phase measure: out of memory"));
        hub.disconnected(1);

        assertThat(told).singleElement().extracting(Frame::name).asString().contains("out of memory");
    }
}
