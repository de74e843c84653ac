package dev.assay.deepspeed;

import java.util.Optional;

/**
 * The one learning rate that a run holds. Rates change no work, but a run is judged by a loss that falls within few steps. In so
 * few a schedule that warms up, as DeepSpeed's {@code WarmupLR} does over 1000 steps where nobody says otherwise ({@code
 * runtime/lr_schedules.py}), is still near 0, and moves no bf16 weight; the rate that it warms up to may throw a fresh model off.
 */
record HeldRate(Findings findings) {
    /** That of the shipped configs. */
    static final double MOST = 1e-4;

    /** @param rate the optimizer's own */
    double of(String key, double rate, Optional<Node> scheduler) {
        Schedule schedule = Schedule.of(findings, rate, scheduler);
        double target = schedule.rate();
        double held = Math.min(target, MOST);
        if (held != rate) {
            String before = schedule.key().isEmpty()
                    ? ""
                    : "the scheduler's " + schedule.key().get() + " " + target + " goes before it; ";
            String most = target > MOST ? "no run here has the steps to warm up to more than " + MOST + "; " : "";
            findings.note(
                    Note.Kind.WARNING,
                    key,
                    rate + " is held at " + held + " from the first step on: " + before + most
                            + "rates change no work");
            findings.resolved(key + ", held", held, Origin.DERIVED, "at most " + MOST + ", without warm-up");
        }
        return held;
    }
}
