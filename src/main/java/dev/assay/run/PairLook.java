package dev.assay.run;

import dev.assay.job.RunFolder;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.plan.Experiment;
import dev.assay.plan.Launch;
import dev.assay.plan.PairRetest.Round;
import dev.assay.plan.PairRetest.Suspects;
import dev.assay.plan.PairRetests;
import dev.assay.plan.Plan;
import dev.assay.verdict.Better;
import dev.assay.verdict.PairMeetings;
import dev.assay.verdict.PairMisses;
import dev.assay.verdict.PairObservation;
import dev.assay.verdict.PairPasses;
import dev.assay.verdict.Part;
import dev.assay.verdict.Question;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The second look at pairs of nodes, by jobs of its own. Which these are depends on what was measured, so they stand in no
 * plan: each leaves its {@code experiment.json} in the run folder, and a replay reads what ran.
 */
final class PairLook implements PairSearch.Meter {
    private static final String NAME = "experiment.json";

    private final Plan plan;
    private final Experiment first;
    private final RunFolder folder;
    private final Function<Experiment, ExperimentResult> launcher;
    private final Consumer<String> progress;
    private final Question.Contract contract;
    private List<PairMisses> misses = List.of();
    private final List<LaunchResult> launches = new ArrayList<>();

    /** @param launcher runs an experiment that is not of the plan */
    PairLook(
            Plan plan,
            Experiment first,
            RunFolder folder,
            Function<Experiment, ExperimentResult> launcher,
            Consumer<String> progress) {
        this.plan = plan;
        this.first = first;
        this.folder = folder;
        this.launcher = launcher;
        this.progress = progress;
        this.contract = Questions.contract(plan);
    }

    /** The first look's launches with those that followed it, under its name. */
    ExperimentResult after(ExperimentResult result) {
        if (!PairRetests.isFollowed(first)) {
            progress.accept(
                    first.id() + ": of two nodes neither can be told from the other, so nobody is looked at again");
            return result;
        }
        if (result.launches().isEmpty() || !result.launches().stream().allMatch(LaunchResult::whole)) {
            return result;
        }
        misses = plan.rows().stream()
                .filter(row -> row.experiment().equals(first.id()))
                .map(row -> Questions.of(row, plan))
                .filter(PairMisses::judges)
                .map(question -> PairMisses.of(question, result.launches()))
                .toList();
        tellOfLimits();
        List<PairPasses> screened = Stream.of(Better.values())
                .map(better -> PairMeetings.passes(result.launches(), contract, better))
                .toList();
        List<PairPasses> seen =
                PairSearch.goOn(screened, PairSearch.Budget.of(first.nodes().size()), this);
        if (!launches.isEmpty()) {
            long accused = seen.stream()
                    .mapToLong(passes -> passes.verdict().culprits().size())
                    .sum();
            progress.accept(first.id() + ": " + (accused == 0 ? "nobody is accused" : accused + " accused"));
        }
        return joined(result, launches);
    }

    private void tellOfLimits() {
        misses.stream()
                .flatMap(each -> each.notLookedAt().stream())
                .forEach(why -> progress.accept(first.id() + ": " + why));
        long pairs = misses.stream()
                .flatMap(each -> each.toLookAt().stream())
                .distinct()
                .count();
        if (pairs > 0) {
            progress.accept(
                    first.id() + ": " + PairMisses.count((int) pairs) + " below a limit, to be looked at again");
        }
    }

    private boolean looksForLimits() {
        return misses.stream().anyMatch(each -> !each.toLookAt().isEmpty());
    }

    @Override
    public List<Part.NodePair> below(Better better) {
        return misses.stream()
                .filter(each -> each.better() == better)
                .flatMap(each -> each.toLookAt().stream())
                .distinct()
                .toList();
    }

    /** What a recorded run holds of it. */
    static ExperimentResult recorded(RunFolder folder, String planHash, Experiment first, ExperimentResult result) {
        List<LaunchResult> launches = experiments(folder, first).stream()
                .flatMap(experiment -> launches(experiment, Outcome.read(folder, planHash, experiment)).stream())
                .toList();
        return joined(result, launches);
    }

    /** Those that were submitted, in the order in which they were. */
    static List<Experiment> experiments(RunFolder folder, Experiment first) {
        return PairRetests.ids(first).stream()
                .map(id -> file(folder, id))
                .filter(Files::isRegularFile)
                .map(file -> Json.read(file, Experiment.class))
                .toList();
    }

    @Override
    public boolean crosses() {
        return PairRetests.crosses(plan.cluster());
    }

    @Override
    public List<Part.NodePair> confirmed(Better better) {
        return misses.stream()
                .filter(each -> each.better() == better)
                .flatMap(each -> each.confirmed(launches).stream())
                .distinct()
                .toList();
    }

    @Override
    public Map<Better, List<PairObservation>> measure(PairSearch.Pass pass, Suspects suspects, List<Round> rounds) {
        progress.accept(first.id() + ": " + String.join(", ", suspects.nodes())
                + (pass == PairSearch.Pass.JUDGING
                        ? (looksForLimits() ? " still do" : " still look slow") + "; " + rounds.size()
                                + " fresh rounds with known-good partners"
                        : " look slow" + (looksForLimits() ? " or miss a limit" : "") + "; " + rounds.size()
                                + " rounds more"));
        List<LaunchResult> these = new ArrayList<>();
        List<Experiment> experiments = pass == PairSearch.Pass.JUDGING
                ? PairRetests.judging(plan, first, rounds)
                : PairRetests.sifting(plan, first, rounds);
        for (Experiment experiment : experiments) {
            if (these.stream().allMatch(LaunchResult::whole)) {
                Json.write(file(folder, experiment.id()), experiment);
                these.addAll(launches(experiment, launcher.apply(experiment)));
            }
        }
        launches.addAll(these);
        Map<Better, List<PairObservation>> observed = new EnumMap<>(Better.class);
        if (these.stream().allMatch(LaunchResult::whole)) {
            for (Better better : Better.values()) {
                observed.put(better, PairMeetings.observations(these, contract, better));
            }
        }
        return observed;
    }

    /** A job that left no launch is one that is not whole: that somebody was to be looked at again is not forgotten. */
    private static List<LaunchResult> launches(Experiment experiment, ExperimentResult result) {
        if (!result.launches().isEmpty()) {
            return result.launches();
        }
        Launch launch = experiment.launches().get(0);
        return List.of(new LaunchResult(
                launch.id(),
                launch.role(),
                launch.repetition(),
                launch.nodes(),
                experiment.gpusPerNode(),
                List.of(),
                List.of(),
                Optional.of(result.notRunReason())));
    }

    private static ExperimentResult joined(ExperimentResult result, List<LaunchResult> more) {
        return new ExperimentResult(
                result.experiment(),
                Stream.concat(result.launches().stream(), more.stream()).toList(),
                result.notRunReason());
    }

    private static Path file(RunFolder folder, String experiment) {
        return folder.experiment(experiment).resolve(NAME);
    }
}
