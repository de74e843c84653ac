package dev.assay.job;

import dev.assay.job.SlurmCommands.Reply;
import java.util.Optional;

/** Whether this host belongs to a Slurm cluster. */
public final class SlurmProbe {
    private SlurmProbe() {}

    /** What the controller says of itself; empty where no controller answers. */
    public static Optional<String> controllerAnswers() {
        Optional<String> configuration = Optional.ofNullable(System.getenv("SLURM_CONF"));
        return answer(new SlurmProcesses(configuration).call("scontrol", "ping"));
    }

    /** {@code scontrol ping} exits 0 also where the controller is down: only the word UP counts. */
    static Optional<String> answer(Reply reply) {
        return reply.out()
                .lines()
                .filter(line -> line.contains(" is UP"))
                .findFirst()
                .map(Text::printable);
    }
}
