package dev.assay.plan;

import dev.assay.deepspeed.AssaySection.Floors;
import java.util.Optional;

/**
 * What the criteria of an experiment that trains are made of beside its workload, so that a recorded run can be judged by
 * other ones.
 *
 * @param file of its config, by name
 * @param floors what the config itself asks for
 * @param noScale why its scale efficiency is not asked for; empty: it is
 */
public record TrainingAsked(
        String experiment, String file, int nodes, Optional<Floors> floors, Optional<String> noScale) {}
