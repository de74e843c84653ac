package dev.assay.job;

import java.util.List;

/** The one seam to Slurm: text in, text out. */
interface SlurmCommands {
    /**
     * Runs one Slurm program to its end, or until its time is up; never throws for what the program does.
     *
     * @param program sbatch, squeue, scontrol, scancel or sinfo
     * @param arguments each an argument of its own, no shell in between
     * @param input for its standard input
     */
    Reply call(String program, List<String> arguments, String input);

    default Reply call(String program, String... arguments) {
        return call(program, List.of(arguments), "");
    }

    /**
     * @param code exit status; meaningless where it timed out
     * @param timedOut the program was ended by us: what it asked for may have happened or not
     */
    record Reply(int code, String out, String err, boolean timedOut) {
        boolean answered() {
            return code == 0 && !timedOut;
        }

        /** What went wrong, as the program itself says it. */
        String words() {
            String text = Text.printable(err).strip();
            return (timedOut ? "no answer in time" : "exit " + code) + (text.isEmpty() ? "" : ": " + text);
        }
    }
}
