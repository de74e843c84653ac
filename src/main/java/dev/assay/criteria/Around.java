package dev.assay.criteria;

import dev.assay.cluster.InputJson;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Criteria that stand around many workloads alike, such as the health of the GPU: written once, with the workloads that they
 * hold for. Each becomes a criterion of its own there, so that a sick part is named with the work that showed it: {@code
 * xid-errors} around {@code hbm} is {@code hbm-xid-errors}. Around the workload that had them first they keep their bare names,
 * by which sites know them.
 */
final class Around {
    static final List<String> KEYS = List.of("workloads", "criteria");
    private static final String BARE = "burn";
    private static final Pattern KEY = Pattern.compile("[a-z]+(-[a-z]+)*");

    private Around() {}

    /** @param blocks an array of blocks */
    static List<Draft> read(InputJson blocks, List<Draft> others) {
        List<Draft> drafts = new ArrayList<>(others);
        for (InputJson block : blocks.items()) {
            block.onlyKeys(KEYS);
            List<String> workloads = block.required("workloads", "the workloads that these criteria stand around")
                    .uniqueMatching(KEY, "names of workloads");
            for (InputJson criterion : block.required("criteria", "criteria without their workload")
                    .items()) {
                workloads.forEach(workload ->
                        add(drafts, criterion, DraftReader.around(criterion, workload, workload.equals(BARE), block)));
            }
        }
        return drafts;
    }

    private static void add(List<Draft> drafts, InputJson where, Draft draft) {
        if (drafts.stream().anyMatch(other -> other.id().equals(draft.id()))) {
            throw where.error(
                    "\"" + draft.id() + "\" a second time", "every id once", "rename or remove one of the two");
        }
        drafts.add(draft);
    }
}
