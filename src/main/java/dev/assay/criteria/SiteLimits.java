package dev.assay.criteria;

import dev.assay.cluster.InputJson;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A site's own limits, by criterion id, laid over the default ones. Only the figure may change, and only with a reason. */
final class SiteLimits {
    static final List<String> KEYS = List.of("limit", "reason", "unit");
    private static final Pattern REASON = Pattern.compile("[^\\p{Cntrl}]*\\S[^\\p{Cntrl}]{8,}");

    private SiteLimits() {}

    static Criteria lay(Criteria defaults, InputJson site) {
        List<String> ids = defaults.drafts().stream().map(Draft::id).toList();
        site.fields().forEach((id, json) -> {
            if (!ids.contains(id) && !id.equals("comment") && !id.equals("$schema")) {
                throw CriteriaFile.unknownId(json, id, ids);
            }
        });
        List<Draft> laid = new ArrayList<>();
        for (Draft draft : defaults.drafts()) {
            laid.add(site.find(draft.id()).map(json -> lay(draft, json)).orElse(draft));
        }
        return new Criteria(defaults.name(), laid);
    }

    private static Draft lay(Draft draft, InputJson json) {
        json.onlyKeys(KEYS);
        InputJson limit = json.required("limit", "the site's limit, e.g. {\"atLeast\": 600}");
        LimitForm form = LimitForm.read(limit);
        if (!draft.limit().sameKind(form)) {
            throw limit.error(
                    "another kind of limit than the default has",
                    "the default's kind with another figure",
                    "change the figure only; see the built-in criteria for the kind");
        }
        if (json.has("unit")) {
            DraftReader.unit(json, draft.metric());
        }
        DraftReader.checkLimit(json, form, draft.metric(), draft.ceiling());
        String reason = json.required("reason", "it is printed beside the default, for the one who signs")
                .matching(REASON, "one line of words that gives the reason");
        return draft.withSite(new Draft.SiteForm(form, reason));
    }
}
