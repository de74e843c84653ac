package dev.assay.summary;

import dev.assay.cluster.DeviceKind;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Library;
import dev.assay.plan.Plan;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that the page, {@code verdict.json} and the screen show: one source, so they cannot disagree.
 *
 * @param runId of the run that measured; a replay keeps it
 * @param startedAt of the measuring run, ISO 8601 in UTC; the time of judging is nowhere, so that a replay is identical
 * @param hashes of what was judged and by what
 * @param command the properties that the run was started with, e.g. {@code -Dcluster=spectrumx-h200}, in the order given
 * @param meaning what the decision says and does not say, one sentence
 * @param verdicts one a planned row, in the order of the plan
 * @param identity of every node that left a result, in the order of the cluster file
 * @param libraries what was really mapped on the nodes, distinct
 * @param attemptsBefore from the {@link Ledger}, oldest first
 * @param notCertified what an accepting decision does not say, one sentence a line
 * @param replayOf the run folder whose recorded results were judged again
 * @param warnings what the signer must know beside the verdicts, one sentence a line
 * @param reports where page and report lie; shown on the screen only
 */
public record Conclusion(
        String runId,
        String startedAt,
        String suiteVersion,
        Hashes hashes,
        List<String> command,
        Plan plan,
        Decision decision,
        String meaning,
        List<Verdict> verdicts,
        List<NodeIdentity> identity,
        List<Library> libraries,
        List<Attempt> attemptsBefore,
        List<String> notCertified,
        List<Job> jobs,
        Optional<String> replayOf,
        List<String> warnings,
        List<String> reports) {
    /**
     * SHA-256, hex.
     *
     * @param suite the jar or class folder that judged
     * @param raw {@link Manifest#digest} over the files that the ranks left
     */
    public record Hashes(String suite, String criteria, String plan, String raw) {}

    /**
     * One node as its ranks described it.
     *
     * @param node the cluster file's name
     * @param host what the host calls itself
     * @param devices by local rank
     */
    public record NodeIdentity(String node, String host, String bootId, List<DeviceIdentity> devices) {
        public NodeIdentity {
            devices = List.copyOf(devices);
        }
    }

    /**
     * What became of one experiment's job.
     *
     * @param id Slurm's job id; empty where ranks were started locally
     * @param state in words, with the reason where it did not end well, e.g. {@code COMPLETED}
     * @param took empty where the run did not keep it
     */
    public record Job(String experiment, Optional<String> id, String state, Optional<Took> took) {
        public Job(String experiment, Optional<String> id, String state) {
            this(experiment, id, state, Optional.empty());
        }
    }

    public Conclusion {
        command = List.copyOf(command);
        verdicts = List.copyOf(verdicts);
        identity = List.copyOf(identity);
        libraries = List.copyOf(libraries);
        attemptsBefore = List.copyOf(attemptsBefore);
        notCertified = List.copyOf(notCertified);
        jobs = List.copyOf(jobs);
        warnings = List.copyOf(warnings);
        reports = List.copyOf(reports);
    }

    /** All jobs together, where every one's time is known. */
    Optional<Took> took() {
        List<Took> known = jobs.stream().flatMap(job -> job.took().stream()).toList();
        return known.isEmpty() || known.size() < jobs.size() ? Optional.empty() : Optional.of(Took.of(known));
    }

    /** The job whose prediction was off the most; none where that is no more than predictions may be. */
    Optional<Job> leastPredicted() {
        return jobs.stream()
                .filter(job -> job.took().filter(took -> !took.asPredicted()).isPresent())
                .max(Comparator.comparingDouble(
                        job -> job.took().map(Took::error).orElse(0.0)));
    }

    /** How long the jobs took beside what was predicted, and which of them the plan knew least, a sentence each. */
    List<String> durations() {
        return Stream.concat(
                        took().map(took -> "all together " + took.words()).stream(),
                        leastPredicted().stream()
                                .map(job -> "furthest from its prediction: " + job.experiment() + ", "
                                        + job.took().map(Took::words).orElse("")))
                .toList();
    }

    /** How many verdicts are in this state. */
    long count(State state) {
        return verdicts.stream().filter(verdict -> verdict.state() == state).count();
    }

    /** GPUs that left their identity. */
    int gpusSeen() {
        return identity.stream().mapToInt(node -> node.devices().size()).sum();
    }

    /** Proves the suite, not a cluster. */
    boolean suiteOnly() {
        return switch (decision) {
            case SUITE_OK, SUITE_BROKEN -> true;
            case PARTIAL -> plan.cluster().device() == DeviceKind.REFERENCE;
            case ACCEPTED, INCONCLUSIVE, REJECTED -> false;
        };
    }
}
