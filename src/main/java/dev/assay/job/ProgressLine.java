package dev.assay.job;

import dev.assay.plan.Experiment;
import dev.assay.plan.Launch;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** Short lines for the screen: on every change, but at most one every three seconds, and one a half-minute in any case. */
final class ProgressLine {
    private static final Duration SHORTEST = Duration.ofSeconds(3);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Launcher.Progress progress;
    private final RunFolder folder;
    private final Experiment experiment;
    private final Pace pace;
    private final long began;
    private String shown = "";
    private long shownAt;

    ProgressLine(Launcher.Progress progress, RunFolder folder, Experiment experiment, Pace pace) {
        this.progress = progress;
        this.folder = folder;
        this.experiment = experiment;
        this.pace = pace;
        this.began = pace.nanos();
    }

    void show(String what) {
        Duration since = pace.since(shownAt);
        boolean due = shown.isEmpty()
                || (!what.equals(shown) && since.compareTo(SHORTEST) >= 0)
                || since.compareTo(LONGEST) >= 0;
        if (due) {
            shown = what;
            shownAt = pace.nanos();
            progress.line(String.format(
                    "%s: %s, %d s of about %.0f s",
                    experiment.id(), what, pace.since(began).toSeconds(), experiment.expectedSeconds()));
        }
    }

    /** Which launch runs, and what its first rank says it is doing. */
    String phase() {
        List<Launch> launches = experiment.launches();
        for (int i = 0; i < launches.size(); i++) {
            String id = launches.get(i).id();
            if (!Files.exists(folder.launch(experiment.id(), id).resolve("step.exit"))) {
                String word = Text.content(folder.phase(experiment.id(), id, 0)).split(" ", 2)[0];
                String phase = Text.printable(word);
                return "launch " + id + " (" + (i + 1) + " of " + launches.size() + ")"
                        + (phase.isEmpty() ? "" : ": " + phase);
            }
        }
        return "all launches ended";
    }
}
