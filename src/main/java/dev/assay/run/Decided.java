package dev.assay.run;

import dev.assay.cluster.DeviceKind;
import dev.assay.plan.Plan;
import dev.assay.plan.Row;
import dev.assay.verdict.Decision;
import dev.assay.verdict.Decisions;
import dev.assay.verdict.Verdict;
import java.util.List;

/**
 * What a run's verdicts come to.
 *
 * @param meaning in one sentence, for the one who signs
 */
record Decided(Decision decision, String meaning) {
    static Decided of(Plan plan, List<Verdict> verdicts) {
        Decision decision = Decisions.decide(
                verdicts,
                plan.rows().stream().map(Row::key).toList(),
                plan.wholeInventory(),
                plan.cluster().sharedHost(),
                plan.cluster().device() == DeviceKind.REFERENCE);
        Decision limited = plan.wholeSuite() ? decision : Decisions.ofSelection(decision);
        return new Decided(limited, meaning(plan, limited));
    }

    private static String meaning(Plan plan, Decision decision) {
        return switch (decision) {
            case ACCEPTED -> "Every required criterion holds on every node, GPU and NIC of the cluster file.";
            case PARTIAL -> partial(plan);
            case INCONCLUSIVE -> "Not everything asked for could be judged: nothing is accepted.";
            case REJECTED -> "At least one required criterion does not hold.";
            case SUITE_OK, SUITE_BROKEN ->
                "This proves the suite, not a cluster: the work ran on the reference device, in plain Java on this host.";
        };
    }

    private static String partial(Plan plan) {
        if (plan.cluster().device() == DeviceKind.REFERENCE) {
            return "What was selected holds on the reference device: this proves part of the suite, and no cluster.";
        }
        if (!plan.wholeSuite()) {
            return "What was selected holds, but it is not the whole suite.";
        }
        return plan.cluster().sharedHost()
                ? "What was measured holds, but the nodes share one host: nothing is said of a network."
                : "What was measured holds, but it is not the whole cluster of the contract.";
    }
}
