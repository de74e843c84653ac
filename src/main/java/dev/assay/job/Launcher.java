package dev.assay.job;

import dev.assay.measurement.ExperimentResult;
import dev.assay.plan.Experiment;
import dev.assay.plan.Spec;
import java.util.List;

/** Starts the launches of an experiment, waits, collects. One thread uses it, except {@link #cancelAll()}. */
public interface Launcher {
    /**
     * Runs the experiment to its end and collects what its ranks left; blocks. Trouble of a rank or of the job is part of the
     * result, never an exception.
     *
     * @param specs what the workers of each launch are told, in the order of the experiment's launches
     * @param progress called with short lines for the screen, at most one every few seconds
     */
    ExperimentResult run(Experiment experiment, List<Spec> specs, Progress progress);

    /**
     * Cancels everything this run started and confirms that it is gone; safe from a shutdown hook and more than once.
     *
     * @return what is confirmed gone or still there, in words, one line a job
     */
    String cancelAll();

    /** Where progress lines go. */
    @FunctionalInterface
    interface Progress {
        void line(String text);
    }
}
