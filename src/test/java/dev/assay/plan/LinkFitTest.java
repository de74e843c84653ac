package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.plan.LinkFit.Point;
import dev.assay.training.Estimate;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LinkFitTest {
    private static final double ALPHA = 300e-6;
    private static final double BANDWIDTH = 90e9;

    @Test
    void aLineIsFoundAsItWas() {
        LinkFit fit = LinkFit.of(points(x -> 1)).orElseThrow();

        assertThat(fit.alpha()).isCloseTo(ALPHA, within(1e-9));
        assertThat(fit.bytesPerSecond()).isCloseTo(BANDWIDTH, within(1e3));
        assertThat(fit.residual()).isCloseTo(0, within(1e-9));
        assertThat(fit.bandwidth("").high() / 90)
                .as("nothing is known to less than 2 %")
                .isCloseTo(1.02, within(1e-6));
    }

    /** Five per cent of noise a size, many times over: the truth lies in most of the ranges. */
    @Test
    void theRangesHoldTheTruth() {
        Random random = new Random(4);
        int latency = 0;
        int bandwidth = 0;
        for (int i = 0; i < 200; i++) {
            LinkFit fit =
                    LinkFit.of(points(x -> 1 + 0.05 * random.nextGaussian())).orElseThrow();
            latency += holds(fit.latency(ALPHA, ""), 1);
            bandwidth += holds(fit.bandwidth(""), BANDWIDTH / 1e9);
        }

        assertThat(latency).isGreaterThan(160);
        assertThat(bandwidth).isGreaterThan(180);
    }

    /** nccl-tests on two H200, 2 processes (h200-measured): no straight line, so the range is a wide one. */
    @Test
    void whatIsNoLineHasAWideRange() {
        LinkFit fit = LinkFit.of(List.of(
                        point(1 << 20, 20e-6), point(16 << 20, (16 << 20) / 214e9), point(1 << 30, (1 << 30) / 329e9)))
                .orElseThrow();

        assertThat(fit.bandwidth("").high() / fit.bandwidth("").low()).isGreaterThan(1.05);
    }

    @Test
    void twoSizesTellNothingOfTheirError() {
        assertThat(LinkFit.of(List.of(point(1 << 20, 1e-3), point(1 << 30, 1e-2))))
                .isEmpty();
        assertThat(LinkFit.of(
                        Stream.generate(() -> point(1 << 20, 1e-3)).limit(5).toList()))
                .as("one size is none")
                .isEmpty();
    }

    @Test
    void aBandwidthThatFallsWithSizeIsNoLine() {
        assertThat(LinkFit.of(List.of(point(1e6, 3e-3), point(1e7, 2e-3), point(1e8, 1e-3))))
                .isEmpty();
    }

    private static List<Point> points(DoubleUnaryOperator noise) {
        return DoubleStream.of(1e6, 4e6, 1.6e7, 6.4e7, 2.56e8, 1e9, 8e9)
                .mapToObj(bytes -> point(bytes, (ALPHA + bytes / BANDWIDTH) * noise.applyAsDouble(bytes)))
                .toList();
    }

    private static Point point(double bytes, double seconds) {
        return new Point(bytes, seconds);
    }

    private static int holds(Estimate estimate, double truth) {
        return estimate.low() <= truth && truth <= estimate.high() ? 1 : 0;
    }
}
