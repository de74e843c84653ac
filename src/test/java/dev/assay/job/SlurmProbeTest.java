package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.job.SlurmCommands.Reply;
import org.junit.jupiter.api.Test;

class SlurmProbeTest {
    @Test
    void onlyAControllerThatIsUpAnswers() {
        assertThat(SlurmProbe.answer(new Reply(0, "Slurmctld(primary) at head is UP\n", "", false)))
                .contains("Slurmctld(primary) at head is UP");
        assertThat(SlurmProbe.answer(new Reply(0, "Slurmctld(primary) at head is DOWN\n", "", false)))
                .isEmpty();
        assertThat(SlurmProbe.answer(new Reply(127, "", "cannot start scontrol", false)))
                .isEmpty();
    }
}
