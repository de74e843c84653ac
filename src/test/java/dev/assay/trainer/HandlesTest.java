package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandlesTest {
    private static final int RANKS = 2;

    @Test
    void allAreClosedInReverseThoughOneRefuses() {
        List<String> closed = new ArrayList<>();
        Handles handles = new Handles();
        for (String name : List.of("first", "second", "third")) {
            handles.own(() -> {
                closed.add(name);
                if (!name.equals("first")) {
                    throw new DeviceException(name + " refuses");
                }
            });
        }

        assertThatThrownBy(handles::close)
                .hasMessage("third refuses")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("second refuses"));

        assertThat(closed).containsExactly("third", "second", "first");
        assertThatCode(handles::close).as("nothing is left").doesNotThrowAnyException();
    }

    /** Whatever is the one that cannot be made, all before it is given back, the last one first. */
    @ParameterizedTest
    @CsvSource({"0, false", "0, true", "1, false", "1, true", "2, true", "3, false", "3, true"})
    void aTrainerThatCannotBePreparedLeavesNothing(int stage, boolean overlap) {
        for (ModelShape model : List.of(Small.ODD_LLAMA, Small.ODD_GPT)) {
            TrainerSetup setup = setup(model, stage, overlap);
            int all = made(setup, RANKS);

            for (int refused = 1; refused <= all; refused++) {
                leavesNothing(setup, RANKS, refused);
            }

            assertThat(all).as("memory, streams, events, GEMMs, communicators").isGreaterThan(100);
        }
    }

    @Test
    void oneThatIsAloneLeavesNothingEither() {
        TrainerSetup setup = setup(Small.ODD_LLAMA, 1, true);

        for (int refused = made(setup, 1); refused > 0; refused--) {
            leavesNothing(setup, 1, refused);
        }
    }

    private static void leavesNothing(TrainerSetup setup, int ranks, int refused) {
        InertDevice inert = new InertDevice(refused);

        assertThatThrownBy(() -> prepare(setup, ranks, inert))
                .isInstanceOf(DeviceException.class)
                .hasMessage("number " + refused + " was refused");

        assertThat(inert.open()).as("left when number %d was refused", refused).isEmpty();
        assertThat(inert.outOfOrder()).isEmpty();
    }

    /** And what is closed at its end leaves nothing. */
    private static int made(TrainerSetup setup, int ranks) {
        InertDevice inert = new InertDevice(0);
        prepare(setup, ranks, inert).close();
        assertThat(inert.open()).isEmpty();
        assertThat(inert.outOfOrder()).isEmpty();
        return inert.made();
    }

    private static Trainer prepare(TrainerSetup setup, int ranks, InertDevice inert) {
        Device device = inert.device();
        return TrainerPlan.of(setup, new ZeroFactory(ranks, purpose -> inert.communicator(ranks)))
                .prepare(device);
    }

    private static TrainerSetup setup(ModelShape model, int stage, boolean overlap) {
        ZeroSetup zero = new ZeroSetup(stage, overlap, true, true, 5000, 4000, 100, 60_000, 1000);
        StepSetup step = new StepSetup(model, 7, 1, 2, zero, Recomputation.FULL, CollectiveMode.DEEPSPEED, 4, 2);
        return new TrainerSetup(step, Small.ADAM_W, GradientClipping.none(), 1);
    }
}
