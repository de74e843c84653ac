package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Check;
import dev.assay.trainer.CollectiveTime;
import dev.assay.trainer.StepResult;
import dev.assay.trainer.StepTimes;
import dev.assay.training.Collective;
import dev.assay.training.Collective.Behind;
import dev.assay.training.Collective.Kind;
import dev.assay.training.Collective.When;
import java.util.List;
import org.junit.jupiter.api.Test;

class SftSentTest {
    private static final List<Collective> PLANNED = List.of(
            new Collective(Kind.REDUCE_SCATTER, "gradients", 3, 900, 400, When.EVERY_MICRO_BATCH, Behind.COMPUTING),
            new Collective(Kind.ALL_REDUCE, "gradient norm", 1, 4, 4, When.AFTER_BACKWARD, Behind.NOTHING));

    private static final CollectiveTime GRADIENTS = new CollectiveTime(Kind.REDUCE_SCATTER, "gradients", 3, 900, 1.5);
    private static final CollectiveTime NORM = new CollectiveTime(Kind.ALL_REDUCE, "gradient norm", 1, 4, 0.1);

    @Test
    void whatIsPlannedIsRight() {
        Check check = SftSent.check(List.of(step(1, GRADIENTS, NORM), step(2, NORM, GRADIENTS)), PLANNED);

        assertThat(check.name()).isEqualTo("sft.sent");
        assertThat(check.checked()).as("count and bytes of two kinds, twice").isEqualTo(8);
        assertThat(check.wrong()).isZero();
        assertThat(check.worst()).isZero();
        assertThat(check.detail())
                .contains("reduce-scatter of gradients, 3 calls of 900 B; all-reduce of gradient norm, 1 calls of 4 B");
    }

    @Test
    void oneByteMoreIsFound() {
        CollectiveTime more = new CollectiveTime(Kind.REDUCE_SCATTER, "gradients", 3, 901, 1.5);

        Check check = SftSent.check(List.of(step(1, GRADIENTS, NORM), step(2, more, NORM)), PLANNED);

        assertThat(check.wrong()).isEqualTo(1);
        assertThat(check.worst()).isGreaterThan(1);
        assertThat(check.detail())
                .endsWith("first in step 2, reduce-scatter of gradients: 3 calls of 901 B enqueued,"
                        + " 3 calls of 900 B predicted");
    }

    @Test
    void theSameBytesInOtherCallsAreFound() {
        CollectiveTime fewer = new CollectiveTime(Kind.REDUCE_SCATTER, "gradients", 2, 900, 1.5);

        assertThat(SftSent.check(List.of(step(1, fewer, NORM)), PLANNED).wrong())
                .isEqualTo(1);
    }

    @Test
    void whatWasNotSentIsFound() {
        Check nothing = SftSent.check(List.of(step(1)), PLANNED);

        assertThat(nothing.checked()).isEqualTo(4);
        assertThat(nothing.wrong()).isEqualTo(4);
        assertThat(nothing.detail()).contains("0 calls of 0 B enqueued, 3 calls of 900 B predicted");
    }

    @Test
    void whatWasNotPlannedIsFound() {
        CollectiveTime another = new CollectiveTime(Kind.ALL_REDUCE, "gradients", 1, 10, 1);

        Check check = SftSent.check(List.of(step(1, GRADIENTS, NORM, another)), PLANNED);

        assertThat(check.checked()).isEqualTo(6);
        assertThat(check.wrong()).isEqualTo(2);
        assertThat(check.detail())
                .endsWith("all-reduce of gradients: 1 calls of 10 B enqueued, 0 calls of 0 B predicted");
    }

    private static StepResult step(int number, CollectiveTime... collectives) {
        return new StepResult(number, 5, 1, 1, new StepTimes(1, 1, 1, 1, 1, 5, List.of(collectives)));
    }
}
