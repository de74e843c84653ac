package dev.assay.criteria;

import dev.assay.cluster.InputException;
import dev.assay.cluster.InputJson;
import dev.assay.cluster.InputText;
import dev.assay.cluster.Nearest;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads what a cluster must reach: the built-in criteria of its GPU model, and over them a site's own limits, each with the
 * reason that will be printed beside the default. A site whose model has no built-in criteria gives a whole criteria file.
 */
public final class CriteriaFile {
    /** GPU models with built-in criteria. */
    public static final List<String> BUILT_IN = List.of("h200-sxm", "reference");

    private static final String TRAINING = "sft";

    static final List<String> KEYS = List.of("name", "gpuModels", "criteria", "training", "around");

    private CriteriaFile() {}

    /**
     * @param gpuModel key of the GPU model
     * @param siteFile path of the site's file ({@code -Dcriteria=})
     * @throws InputException with all that a person needs to correct the file
     */
    public static Criteria read(String gpuModel, Optional<String> siteFile) {
        Optional<InputJson> site = siteFile.map(CriteriaFile::siteJson);
        boolean wholeFile = site.isPresent() && site.get().has("criteria");
        if (BUILT_IN.contains(gpuModel)) {
            if (wholeFile) {
                throw site.get()
                        .error(
                                "a whole criteria file",
                                "limits by criterion id over the built-in criteria of " + gpuModel,
                                "write {\"ID\": {\"limit\": {…}, \"reason\": \"…\"}}, so that every change stands beside its"
                                        + " default");
            }
            Criteria defaults = parse("built-in criteria " + gpuModel, text(gpuModel), gpuModel);
            return site.map(json -> SiteLimits.lay(defaults, json)).orElse(defaults);
        }
        if (!wholeFile) {
            throw new InputException(
                    "Looking up the criteria of the GPU model " + gpuModel,
                    "no built-in criteria: nobody has calibrated the suite on this model",
                    "models with criteria: " + String.join(", ", BUILT_IN),
                    "give a whole criteria file by -Dcriteria=PATH (criteria.schema.json), calibrated on a known-good GPU");
        }
        return parse(site.get(), gpuModel);
    }

    /** The built-in file's text as it is, for hashes. */
    public static String text(String gpuModel) {
        return InputText.resource("/dev/assay/criteria/" + gpuModel + ".json");
    }

    private static InputJson siteJson(String path) {
        return InputJson.parse(
                "criteria file " + path,
                InputText.file("criteria file", path, "leave -Dcriteria away for the built-in criteria"));
    }

    static Criteria parse(String source, String text, String gpuModel) {
        return parse(InputJson.parse(source, text), gpuModel);
    }

    private static Criteria parse(InputJson root, String gpuModel) {
        root.onlyKeys(KEYS);
        InputJson models = root.required("gpuModels", "the keys of the GPU models that it is calibrated for");
        if (models.items().stream().map(InputJson::text).noneMatch(gpuModel::equals)) {
            throw models.error(
                    "no " + gpuModel, "the cluster's GPU model among them", "take the criteria of this very model");
        }
        InputJson criteria = root.required("criteria", "an array of criteria");
        List<Draft> own = drafts(criteria);
        References.check(criteria, own);
        List<Draft> training =
                root.find("training").map(block -> training(block, own)).orElse(List.of());
        List<Draft> both = Stream.concat(own.stream(), training.stream()).toList();
        List<Draft> drafts =
                root.find("around").map(blocks -> Around.read(blocks, both)).orElse(both);
        return new Criteria(
                root.required("name", "what the reports call these criteria").text(),
                drafts.stream().filter(draft -> !isOfTraining(draft)).toList(),
                drafts.stream().filter(CriteriaFile::isOfTraining).toList());
    }

    /** With those that stand beside another, against the fleet. */
    private static List<Draft> drafts(InputJson criteria) {
        List<Draft> drafts = criteria.items().stream()
                .flatMap(item -> FleetLimit.expand(item).stream())
                .toList();
        Set<String> ids = new HashSet<>();
        drafts.stream().filter(draft -> !ids.add(draft.id())).findFirst().ifPresent(twice -> {
            throw criteria.error(
                    "\"" + twice.id() + "\" a second time",
                    "every id once; the key " + FleetLimit.KEY + " makes one that ends in " + FleetLimit.SUFFIX,
                    "rename or remove one of the two");
        });
        return drafts;
    }

    private static boolean isOfTraining(Draft draft) {
        return draft.workload().equals(TRAINING);
    }

    /** Apart from the others, for no other suite asks them; one name means one criterion all the same. */
    private static List<Draft> training(InputJson block, List<Draft> others) {
        List<Draft> drafts = drafts(block);
        References.check(block, drafts);
        for (Draft draft : drafts) {
            if (!isOfTraining(draft)
                    || others.stream().anyMatch(other -> other.id().equals(draft.id()))) {
                throw block.error(
                        "the criterion \"" + draft.id() + "\" of " + draft.workload(),
                        "criteria of " + TRAINING + ", of names that no other criterion has",
                        "correct the workload, or rename it");
            }
        }
        return drafts;
    }

    static InputException unknownId(InputJson where, String id, List<String> valid) {
        return where.error(
                "the unknown criterion \"" + id + "\"",
                String.join(", ", valid),
                Nearest.suggestion(id, valid, "name one of these criteria"));
    }
}
