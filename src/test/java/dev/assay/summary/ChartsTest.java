package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.measurement.Metric;
import dev.assay.measurement.Telemetry;
import dev.assay.measurement.Unit;
import dev.assay.summary.Charts.Dot;
import dev.assay.summary.Charts.Link;
import dev.assay.summary.Charts.NodePair;
import dev.assay.summary.Charts.Rate;
import dev.assay.summary.Charts.ScalePoint;
import dev.assay.summary.Charts.Series;
import dev.assay.summary.Charts.SizeCurve;
import dev.assay.summary.Charts.SizePoint;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ChartsTest {
    private static final Map<Metric, Double> LIMITS = Map.of(Metric.SM_ACTIVE, 90.0, Metric.POWER, 700.0);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 8, 9, 64, 200})
    void stacksAreDrawnForAnyNumberOfColumns(int count) throws Exception {
        List<Charts.Part> parts = List.of(
                new Charts.Part("forward", "12.3 ms, 10.0 %"),
                new Charts.Part("backward & <loss>", "80.0 ms, 65.0 %"),
                new Charts.Part("exposed communication", "30.0 ms, 25.0 %"));
        List<Charts.Stack> stacks = IntStream.range(0, count)
                .mapToObj(i -> new Charts.Stack("node" + i / 8 + " GPU " + i % 8, List.of(12.25, 80.5, 30.0 + i)))
                .toList();
        Charts.StackScale scale =
                new Charts.StackScale("ms", "rank", "mean over ranks", true, OptionalDouble.of(500), "limit");

        Chart chart = Charts.stacks("Where a step's time goes", parts, stacks, scale, "rank-N.ndjson");

        assertSound(chart);
        assertThat(chart.csv().lines()).hasSize(1 + count);
        assertThat(chart.svg())
                .contains(count == 0 ? "nothing measured" : "exposed communication: 30.0 ms, 25.0 %")
                .contains(count > 128 ? "128 of 200 columns" : "Source: rank-N.ndjson");
        if (count > 0) {
            assertThat(chart.csv()).contains("\"node0 GPU 0\",12.25,80.5,30.0\n");
        }
    }

    @Test
    void aStackOfWhatIsNoNumberIsLeftOut() throws Exception {
        List<Charts.Part> parts = List.of(new Charts.Part("a", ""), new Charts.Part("b", ""));
        Charts.StackScale scale = new Charts.StackScale("MiB", "", "", true, OptionalDouble.of(Double.NaN), "");

        Chart chart = Charts.stacks(
                "Memory",
                parts,
                List.of(
                        new Charts.Stack("sound", List.of(0.0, 3.0)),
                        new Charts.Stack("none", List.of(1.0, Double.NaN)),
                        new Charts.Stack("negative", List.of(1.0, -1.0))),
                scale,
                "x");

        assertSound(chart);
        assertThat(chart.csv().lines().skip(1)).containsExactly("\"sound\",0.0,3.0");
        assertThatThrownBy(() ->
                        Charts.stacks("Memory", parts, List.of(new Charts.Stack("short", List.of(1.0))), scale, "x"))
                .hasMessageContaining("a value for each of 2 parts");
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1, 1", "2, 1", "4, 1", "25, 5", "1005, 5"})
    void stepsAreDrawnForAnyNumber(int count, int warmUp) throws Exception {
        List<Double> loss =
                IntStream.range(0, count).mapToObj(i -> 11.19 - 0.001 * i).toList();

        Chart chart = Charts.steps(
                "Loss and gradient norm over steps",
                List.of(
                        new Charts.OverSteps("Loss", loss),
                        new Charts.OverSteps("Gradient norm", Collections.nCopies(count, 3.5)),
                        new Charts.OverSteps("not finite", List.of(Double.NaN))),
                warmUp,
                "rank-0.ndjson");

        assertSound(chart);
        assertThat(chart.csv().lines()).hasSize(1 + 2 * count);
        assertThat(chart.csv()).contains("\"Loss\",1,\"" + (warmUp > 0 ? "no" : "yes") + "\",11.19\n");
        assertThat(chart.svg()).contains("first 11.19").doesNotContain("not finite");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 8, 9, 64, 100})
    void telemetryIsDrawnForAnyNumberOfGpus(int gpus) throws Exception {
        Chart chart = Charts.telemetry("Load", Samples.series(gpus, 60, 240), LIMITS, "rank-*.ndjson");

        assertSound(chart);
        assertThat(chart.svg()).contains("SM active", "MHz", "seconds since", "Source: rank-*.ndjson");
        assertThat(chart).isEqualTo(Charts.telemetry("Load", Samples.series(gpus, 60, 240), LIMITS, "rank-*.ndjson"));
    }

    @Test
    void sizesAreNamedAtTheirEndAndOnALogarithmicAxis() throws Exception {
        List<SizeCurve> curves = List.of(
                new SizeCurve("all-reduce", List.of(new SizePoint(1 << 20, 100), new SizePoint(1 << 30, 329.4))),
                new SizeCurve("broadcast", List.of(new SizePoint(1 << 20, 90), new SizePoint(1 << 30, Double.NaN))),
                new SizeCurve("nothing", List.of()));

        Chart chart = Charts.sizes(
                "Bus bandwidth over bytes",
                curves,
                Unit.GIGABYTES_PER_SECOND,
                "all-reduce ",
                OptionalDouble.of(300),
                OptionalDouble.of(450),
                "rank-N.ndjson");

        assertSound(chart);
        assertThat(chart.svg())
                .contains("all-reduce 329.4", "broadcast 90", "1 MiB", "16 MiB")
                .contains("all-reduce ≥ 300", "all-reduce ceiling 450");
        assertThat(chart.svg()).doesNotContain("nothing");
        assertThat(chart.csv()).contains("\"all-reduce\",1048576,100.0\n").doesNotContain("NaN");
        assertThat(Charts.sizes("t", List.of(), Unit.RATIO, "", OptionalDouble.empty(), OptionalDouble.empty(), "s")
                        .svg())
                .contains("nothing measured");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 9, 16})
    void sizesHaveANameEachHoweverCloseTheCurvesLie(int count) throws Exception {
        List<SizeCurve> curves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            curves.add(new SizeCurve(
                    "curve " + i, List.of(new SizePoint(8, 1 + 0.01 * i), new SizePoint(17L << 30, 3 + 0.1 * i))));
        }

        Chart chart = Charts.sizes(
                "t", curves, Unit.GIGABYTES_PER_SECOND, "", OptionalDouble.empty(), OptionalDouble.empty(), "x");

        assertSound(chart);
        assertThat(chart.svg()).contains("4 GiB", "curve " + (count - 1));
    }

    @Test
    void theWorstOfManyIsNamed() {
        Chart chart = Charts.telemetry("Load", Samples.series(64, 60, 240), LIMITS, "x");

        assertThat(chart.svg()).contains("lowest mean: node005 GPU 3, 66", "highest mean: node005 GPU 3");
    }

    @Test
    void aShortDipOfALongRunIsDrawn() {
        List<Double> times = new ArrayList<>();
        List<Double> active = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            times.add(i * 0.1);
            active.add(i == 7777 ? 0.0 : 100.0);
        }
        Telemetry telemetry = new Telemetry(times, Map.of(Metric.SM_ACTIVE, active), Map.of());

        String svg = Charts.telemetry("Dip", List.of(new Series("g", telemetry)), Map.of(), "x")
                .svg();

        double bottom = 44 + 84;
        assertThat(svg).contains(" " + Svg.n(bottom) + "L");
        assertThat(svg.length()).isLessThan(60_000);
    }

    @Test
    void numbersThatAreNoneAreLeftOut() throws Exception {
        Telemetry telemetry = new Telemetry(
                List.of(0.0, 1.0, 2.0),
                Map.of(
                        Metric.SM_ACTIVE, List.of(Double.NaN, Double.POSITIVE_INFINITY, 97.0),
                        Metric.POWER, List.of(Double.NaN, Double.NaN, Double.NaN)),
                Map.of());
        List<ScalePoint> points =
                List.of(new ScalePoint(1, Double.NaN, 1, 2), new ScalePoint(2, 10, 9, Double.POSITIVE_INFINITY));
        List<Dot> dots = List.of(new Dot("a", Double.NaN), new Dot("b", 1), new Dot("c", Double.NEGATIVE_INFINITY));

        assertSound(Charts.telemetry("t", List.of(new Series("g", telemetry)), Map.of(Metric.POWER, Double.NaN), "x"));
        assertSound(Charts.scaling("t", points, "TFLOPS", OptionalDouble.of(Double.NaN), "x"));
        assertSound(Charts.spread("t", dots, Unit.TFLOPS, OptionalDouble.of(Double.NaN), "x"));
    }

    /** What the same counters tell beside SM-active has rows of its own; where none tells it there is none. */
    @Test
    void tensorAndMemoryActivityAreDrawnWhereTheyWereSeen() throws Exception {
        List<Double> times = List.of(0.0, 0.2);
        Telemetry seen = new Telemetry(
                times,
                Map.of(
                        Metric.SM_ACTIVE,
                        List.of(97.0, 98.0),
                        Metric.TENSOR_ACTIVE,
                        List.of(82.0, 83.0),
                        Metric.DRAM_ACTIVE,
                        List.of(24.0, 25.0)),
                Map.of());
        Telemetry unseen = new Telemetry(times, Map.of(Metric.SM_ACTIVE, List.of(97.0, 98.0)), Map.of());

        Chart with = Charts.telemetry("t", List.of(new Series("g", seen)), Map.of(), "x");
        Chart without = Charts.telemetry("t", List.of(new Series("g", unseen)), Map.of(), "x");

        assertSound(with);
        assertThat(with.svg()).contains(">Tensor<", ">DRAM<");
        assertThat(with.csv().lines().findFirst().orElseThrow()).contains("tensor.active %", "dram.active %");
        assertThat(with.csv()).contains("82.0", "25.0");
        assertThat(without.svg()).contains(">SM active<").doesNotContain(">Tensor<", ">DRAM<");
    }

    @Test
    void telemetryThatCouldNotBeReadSaysSo() throws Exception {
        Chart chart = Charts.telemetry("t", List.of(new Series("g", Telemetry.none("no permission"))), LIMITS, "x");

        assertSound(chart);
        assertThat(chart.svg()).contains("not available");
    }

    @Test
    void scalingLabelsTheEfficiencyOfEveryPoint() throws Exception {
        List<ScalePoint> points = List.of(
                new ScalePoint(4, 392, 390, 394), new ScalePoint(1, 100, 99, 101), new ScalePoint(2, 189.98, 189, 191));

        Chart chart = Charts.scaling("Scaling", points, "TFLOPS", OptionalDouble.of(95), "x");

        assertSound(chart);
        assertThat(chart.svg()).contains("100.0 %", "94.99 %", "98.0 %", "ideal: 1-node point × nodes", "≥ 95 %");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5, 11})
    void scalingIsDrawnForAnyNumberOfPoints(int count) throws Exception {
        List<ScalePoint> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int nodes = 1 << i;
            points.add(new ScalePoint(nodes, nodes * (100.0 - i), nodes * (99.5 - i), nodes * (100.5 - i)));
        }

        assertSound(Charts.scaling("Scaling", points, "TFLOPS", OptionalDouble.of(95), "x"));
        assertSound(Charts.scaling("Scaling", points, "TFLOPS", OptionalDouble.empty(), "x"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 64, 1024})
    void spreadIsDrawnForAnyNumberOfUnits(int count) throws Exception {
        Chart chart = Charts.spread("Spread", Samples.dots(count), Unit.TFLOPS, OptionalDouble.of(630), "x");

        assertSound(chart);
        assertThat(chart.svg().contains("node005 GPU 3: 612.4")).isEqualTo(count >= 64);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4})
    void curvesAreDrawnForAnyNumber(int count) throws Exception {
        List<Charts.Curve> curves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            curves.add(new Charts.Curve("curve " + i, List.of(3.0, 10.0, 50.0), List.of(10.0 * i, 50.0 + i, 100.0)));
        }

        Chart chart = Charts.curves("Found", curves, "size, %", "x.csv");

        assertSound(chart);
        assertThat(chart.svg().contains("curve 0")).isEqualTo(count > 0);
        assertThat(chart.csv().lines()).hasSize(1 + 3 * count);
    }

    @Test
    void aRooflineNamesEveryRoofAndEveryPoint() throws Exception {
        Chart chart = Charts.roofline("Roofline", Samples.rates(), OptionalDouble.of(4800), "x");

        assertSound(chart);
        assertThat(chart.svg())
                .contains("memory 4800 GB/s", "989.4  bf16, fp16", "1978.8  fp8-e4m3, fp8-e5m2")
                .contains(">bf16 8192³<", ">bf16 32768 × 11008 × 4096<", ">816.0<", ">814.4<", ">82 %<")
                .contains(">sustained<", ">burst<", ">finder<");
        assertThat(chart.csv().lines()).hasSize(1 + Samples.rates().size());
        assertThat(chart.csv())
                .contains("\"fp32\",\"8192x8192x8192\",\"burst\",1365.0,51.2,51.1,\"node001 GPU 3\",8,61.8375\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void aRooflineOfAnUnknownDeviceHasNoRoof(int count) throws Exception {
        List<Rate> rates = Samples.rates().subList(0, count);

        Chart chart = Charts.roofline("Roofline", rates, OptionalDouble.empty(), "x");

        assertSound(chart);
        assertThat(chart.svg()).contains(count == 0 ? "nothing measured" : "no roof is known of this device");
        assertThat(chart.csv().lines().skip(1)).hasSize(count).allMatch(line -> line.endsWith(",8,"));
    }

    @Test
    void belowTheRidgeTheMemoryIsTheRoof() {
        Rate thin = new Rate("bf16", "16x16x16", "burst", 100, 400, 300, "n", 1, 989.4);

        Chart chart = Charts.roofline("t", List.of(thin), OptionalDouble.of(4800), "x");

        assertThat(chart.csv()).endsWith(",1,480.0\n");
        assertThat(chart.svg()).contains(">83 %<");
    }

    @Test
    void equalValuesHaveAnAxisAndNoOutlier() throws Exception {
        List<Dot> same = List.of(new Dot("a", 0), new Dot("b", 0), new Dot("c", 0));

        Chart chart = Charts.spread("Spread", same, Unit.COUNT, OptionalDouble.empty(), "x");

        assertSound(chart);
        assertThat(chart.svg()).doesNotContain("c: ");
    }

    @ParameterizedTest
    @CsvSource({"0, 8", "1, 2", "1, 8", "2, 4", "8, 8", "20, 8", "1, 16", "1, 32"})
    void aMatrixIsDrawnForAnyNumberOfNodesAndGpus(int nodes, int gpus) throws Exception {
        List<Link> links = Samples.links(nodes, gpus);

        Chart chart = Charts.matrix("Pairs", links, Unit.GIGABYTES_PER_SECOND, OptionalDouble.of(375), false, "x");

        assertSound(chart);
        boolean drawn = nodes >= 1 && gpus >= 4;
        assertThat(chart.svg().contains("node001 GPU 2 to GPU 1: 201\u00A0GB/s"))
                .isEqualTo(drawn);
        assertThat(chart.svg().contains("the 12 most conspicuous of 20 nodes")).isEqualTo(nodes == 20);
    }

    @Test
    void aMatrixMarksWhatMissesItsLimitFromEitherSide() throws Exception {
        List<Link> links = List.of(new Link("n", 0, 1, 10), new Link("n", 1, 0, 20));

        String low = Charts.matrix("t", links, Unit.NANOSECOND, OptionalDouble.of(15), true, "x")
                .svg();
        String high = Charts.matrix("t", links, Unit.NANOSECOND, OptionalDouble.of(5), false, "x")
                .svg();

        assertThat(low).contains("misses ≤ 15", "no outlier among 2 links");
        // One frame in the legend.
        assertThat(low.split("stroke-width=\"2\"", -1)).hasSize(3);
        assertThat(high.split("stroke-width=\"2\"", -1)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 8, 32})
    void nodesAgainstNodesAreOneMatrixWithTheOutlierMarked(int nodes) throws Exception {
        List<NodePair> pairs = new ArrayList<>();
        for (int a = 0; a < nodes; a++) {
            for (int b = a + 1; b < nodes; b++) {
                double value = a == 2 && b == 5 ? 200 : 390 + (a + b) % 3;
                pairs.add(new NodePair("node00" + a, "node00" + b, value));
            }
        }

        Chart chart = Charts.pairs("Pairs", pairs, Unit.GIGABYTES_PER_SECOND, OptionalDouble.of(375), false, "x");

        assertSound(chart);
        assertThat(chart.svg().contains("node002 with node005: 200\u00A0GB/s<")).isEqualTo(nodes > 5);
        assertThat(chart.svg().contains("no outlier among 1 pairs of nodes")).isEqualTo(nodes == 2);
        // Two frames, one on either side of the diagonal, and one in the legend.
        assertThat(chart.svg().split("stroke-width=\"2\"", -1)).hasSize(nodes == 0 ? 1 : nodes == 2 ? 2 : 4);
    }

    @Test
    void hostileNamesStayText() throws Exception {
        String evil = "</text><script>x</script>\u202E\"'&";
        List<Series> series = Samples.series(1, 2, 9).stream()
                .map(s -> new Series(evil, s.telemetry()))
                .toList();

        assertSound(Charts.telemetry(evil, series, LIMITS, evil));
        assertSound(Charts.spread(evil, List.of(new Dot(evil, 1)), Unit.TFLOPS, OptionalDouble.empty(), evil));
        assertSound(Charts.matrix(
                evil,
                List.of(new Link(evil, 0, 1, Double.NaN), new Link(evil, 1, 0, 1e9)),
                Unit.NANOSECOND,
                OptionalDouble.of(Double.NaN),
                true,
                evil));
        assertSound(Charts.scaling(evil, List.of(new ScalePoint(1, 1, 1, 1)), evil, OptionalDouble.empty(), evil));
    }

    @Test
    void ticksAreRoundNumbers() {
        Axis axis = Axis.over(611, 662, 200, 0);

        assertThat(axis.ticks()).containsExactly(600.0, 620.0, 640.0, 660.0, 680.0);
        assertThat(axis.pixel(640)).isCloseTo(100, within(1e-9));
        assertThat(Axis.over(0.891, 0.893, 1, 0).ticks().stream().map(Axis.over(0.891, 0.893, 1, 0)::label))
                .containsExactly("0.891", "0.8915", "0.892", "0.8925", "0.893");
    }

    @Test
    void csvHoldsTheNumbersThatAreDrawn() {
        OptionalDouble none = OptionalDouble.empty();
        assertThat(Charts.spread("t", List.of(new Dot("a \"b\"", 1.5)), Unit.TFLOPS, none, "x")
                        .csv())
                .isEqualTo("\"unit\",\"value TFLOPS\"\n\"a \"\"b\"\"\",1.5\n");
        assertThat(Charts.matrix("t", List.of(new Link("n1", 0, 3, 394.5)), Unit.NANOSECOND, none, true, "x")
                        .csv())
                .isEqualTo("\"node\",\"from\",\"to\",\"value ns\"\n\"n1\",0,3,394.5\n");
        assertThat(Charts.scaling("t", List.of(new ScalePoint(2, 10, 9, 11)), "TFLOPS", none, "x")
                        .csv())
                .isEqualTo("\"nodes\",\"throughput TFLOPS\",\"low\",\"high\"\n2,10.0,9.0,11.0\n");
        Telemetry telemetry = new Telemetry(List.of(0.0, 0.5), Map.of(Metric.POWER, List.of(690.0, 700.0)), Map.of());
        assertThat(Charts.telemetry("t", List.of(new Series("g", telemetry)), Map.of(), "x")
                        .csv())
                .endsWith("\n\"g\",0.0,,690.0,,\n\"g\",0.5,,700.0,,\n");
    }

    @Test
    void aChartHasAFileNameOfPlainLetters() {
        assertThat(new Chart("Peer copy ≥ 375 GB/s, µs: ../x", "", "").fileName())
                .isEqualTo("peer-copy-375-gb-s-us-x");
        assertThat(new Chart("../..", "", "").fileName()).isEmpty();
    }

    /** Well-formed, without numbers that are none, and no text runs into another. */
    private static void assertSound(Chart chart) throws Exception {
        assertThat(chart.svg()).doesNotContain("NaN", "Infinity", "<script", "\u202E");
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(chart.svg().getBytes(StandardCharsets.UTF_8)));
        String[] size = document.getDocumentElement().getAttribute("viewBox").split(" ", -1);
        List<Box> boxes = new ArrayList<>();
        NodeList texts = document.getElementsByTagName("text");
        for (int i = 0; i < texts.getLength(); i++) {
            Box box = Box.of((Element) texts.item(i));
            assertThat(box.left() >= -1 && box.right() <= Double.parseDouble(size[2]) + 1)
                    .as(chart.title() + ": inside: " + box)
                    .isTrue();
            boxes.forEach(other -> assertThat(box.meets(other))
                    .as(chart.title() + ": " + box + " runs into " + other)
                    .isFalse());
            boxes.add(box);
        }
    }

    /** Where a text stands, by the mean width of a sans-serif letter. */
    private record Box(String text, double left, double right, double top, double bottom) {
        static Box of(Element element) {
            String text = element.getTextContent();
            double size =
                    element.hasAttribute("font-size") ? Double.parseDouble(element.getAttribute("font-size")) : 11;
            double width = Clean.width(text) * size * 0.52;
            double x = Double.parseDouble(element.getAttribute("x"));
            double y = Double.parseDouble(element.getAttribute("y"));
            String anchor = element.getAttribute("text-anchor");
            double left = anchor.equals("start") ? x : anchor.equals("end") ? x - width : x - width / 2;
            return new Box(text, left, left + width, y - size * 0.72, y);
        }

        boolean meets(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }
    }
}
