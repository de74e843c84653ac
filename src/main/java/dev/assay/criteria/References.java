package dev.assay.criteria;

import dev.assay.cluster.InputJson;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Whether criteria of one file name each other rightly: by ids that are unique, exist, and belong to the same experiment. */
final class References {
    private References() {}

    static void check(InputJson criteria, List<Draft> drafts) {
        if (drafts.isEmpty()) {
            throw criteria.error("no criterion", "at least one", "add criteria: an empty list would accept anything");
        }
        Set<String> seen = new HashSet<>();
        for (InputJson item : criteria.items()) {
            InputJson id = item.required("id", "a stable id");
            if (!seen.add(id.text())) {
                throw id.error(id.found() + " a second time", "every id once", "rename or remove one of the two");
            }
        }
        checkRequired(criteria, drafts.stream().collect(Collectors.toMap(Draft::id, Function.identity())));
    }

    private static void checkRequired(InputJson criteria, Map<String, Draft> drafts) {
        List<String> ids = criteria.items().stream()
                .map(item -> item.required("id", "").text())
                .toList();
        for (int i = 0; i < ids.size(); i++) {
            Draft draft = lookUp(criteria, ids.get(i), drafts, ids);
            List<InputJson> requires = criteria.items()
                    .get(i)
                    .find("requires")
                    .map(InputJson::items)
                    .orElse(List.of());
            requires.forEach(needed -> checkRequired(needed, draft, lookUp(needed, needed.text(), drafts, ids)));
        }
    }

    private static Draft lookUp(InputJson where, String id, Map<String, Draft> drafts, List<String> ids) {
        Draft draft = drafts.get(id);
        if (draft == null) {
            throw CriteriaFile.unknownId(where, id, ids);
        }
        return draft;
    }

    private static void checkRequired(InputJson where, Draft draft, Draft needed) {
        if (needed.id().equals(draft.id())) {
            throw where.error("itself", "other criteria", "remove it");
        }
        if (!needed.workload().equals(draft.workload())) {
            throw where.error(
                    "\"" + needed.id() + "\", which " + needed.workload() + " measures",
                    "criteria of the same workload, " + draft.workload(),
                    "remove it: nothing says that both hold at the same time");
        }
        if (draft.judged() && !needed.judged()) {
            throw where.error(
                    "\"" + needed.id() + "\", which is shown and not judged",
                    "criteria that are judged",
                    "judge it, or remove it: what is not judged never passes");
        }
    }
}
