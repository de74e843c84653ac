package dev.assay.plan;

import java.util.List;

/**
 * What a plan of {@code -Dsuite=sft} keeps of its configs.
 *
 * @param restsOn every figure that the forecasts rest on, with its range and source, one a line
 * @param forecasts of every config on the nodes asked for and on the whole cluster
 * @param asked one an experiment
 */
public record TrainingRecord(List<String> restsOn, List<TrainingForecast> forecasts, List<TrainingAsked> asked) {
    public TrainingRecord {
        restsOn = List.copyOf(restsOn);
        forecasts = List.copyOf(forecasts);
        asked = List.copyOf(asked);
    }
}
