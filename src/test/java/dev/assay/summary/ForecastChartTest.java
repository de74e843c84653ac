package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.summary.Charts.Foretold;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ForecastChartTest {
    @Test
    void aResultStandsBesideItsPrediction() {
        Chart chart = Charts.forecasts(
                "Training", List.of(row("7b", 2, OptionalDouble.of(52)), row("7b", 8, OptionalDouble.of(60))), "here");

        assertThat(chart.csv())
                .contains("\"7b\",2,16,\"sft-7b-2\",\"step\",\"s\",50.0,47.0,54.0,52.0,1.04,\"yes\"")
                .contains("\"7b\",8,64,\"sft-7b-8\",\"step\",\"s\",50.0,47.0,54.0,60.0,1.2,\"no\"");
        assertThat(chart.svg()).contains(">7b, 2 nodes<", ">50.0 (47.0 … 54.0)<", ">1.04<", ">yes<", ">no<");
    }

    /** Nothing was measured: nothing holds. */
    @Test
    void aProjectionAloneIsNeitherInsideNorOutside() {
        Chart chart = Charts.forecasts("Training", List.of(row("70b", 8, OptionalDouble.empty())), "here");

        assertThat(chart.csv()).contains("50.0,47.0,54.0,,,\"not measured\"");
        assertThat(chart.svg()).contains(">not measured<").doesNotContain(">yes<", ">no<", "<circle");
    }

    @Test
    void anAbsurdResultStaysOnThePicture() {
        Chart chart = Charts.forecasts(
                "Training",
                List.of(row("7b", 2, OptionalDouble.of(1e9)), row("7b", 4, OptionalDouble.of(Double.NaN))),
                "here");

        assertThat(chart.svg()).doesNotContain("NaN\"", "Infinity");
        assertThat(chart.csv()).doesNotContain("\"yes\"");
    }

    private static Foretold row(String name, int nodes, OptionalDouble measured) {
        return new Foretold(
                name,
                nodes,
                8 * nodes,
                "sft-" + name + "-" + nodes,
                List.of(new Foretold.Figure("step", "s", 50, 47, 54, measured)));
    }
}
