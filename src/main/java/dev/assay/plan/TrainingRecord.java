package dev.assay.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a plan of {@code -Dsuite=sft} keeps of its configs.
 *
 * @param restsOn every figure that the forecasts rest on, with its range and source, one a line
 * @param forecasts of every config on the nodes asked for and on the whole cluster
 * @param asked one an experiment
 * @param configs what each config was read as; plans were written without it once
 */
public record TrainingRecord(
        List<String> restsOn,
        List<TrainingForecast> forecasts,
        List<TrainingAsked> asked,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TrainingConfig> configs) {
    public TrainingRecord {
        restsOn = List.copyOf(restsOn);
        forecasts = List.copyOf(forecasts);
        asked = List.copyOf(asked);
        configs = List.copyOf(configs);
    }
}
