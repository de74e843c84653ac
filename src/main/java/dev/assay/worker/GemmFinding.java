package dev.assay.worker;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmFinder;
import dev.assay.workload.GemmSweep;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which shape is fastest, in bursts: a GPU that its power limit holds down finds the shape that takes least power instead. Rank
 * 0 looks at all of them by the library's favourite algorithm; every rank times the finalists by the best algorithm, checks
 * them, and reports its fastest.
 */
final class GemmFinding {
    private static final int TIMED = 3;

    private final RankContext context;
    private final GemmSweep sweep;
    private final GemmFinder finder;
    private final Stream stream;

    GemmFinding(RankContext context, GemmSweep sweep, Stream stream) {
        this.context = context;
        this.sweep = sweep;
        this.finder = sweep.finder();
        this.stream = stream;
    }

    void run() throws Exception {
        List<Gemm> shapes = finder.shapes();
        String chosen = context.world().rank() == 0 ? finalists(shapes) : "";
        byte[] agreed = context.world().all().broadcast("finalists", chosen.getBytes(StandardCharsets.UTF_8));
        List<Found> found = new ArrayList<>();
        for (String index : new String(agreed, StandardCharsets.UTF_8).split(",", -1)) {
            found.add(measure(shapes.get(Integer.parseInt(index))));
        }
        Found best = found.stream()
                .max(Comparator.comparingDouble(each -> rate(each.tflops())))
                .orElseThrow();
        context.writer().write(best.tflops());
        context.writer().write(best.enqueuing());
    }

    /** Indexes of the fastest shapes, fastest first. */
    private String finalists(List<Gemm> shapes) throws Exception {
        Device device = context.device();
        Owned owned = new Owned();
        Gemm largest = finder.largest();
        DeviceMemory a = owned.own(device.allocate(largest.bytesOfA()));
        DeviceMemory b = owned.own(device.allocate(largest.bytesOfB()));
        DeviceMemory c = owned.own(device.allocate(largest.bytesOfC()));
        long seed = context.spec().seed();
        device.fillMatrix(a, finder.precision().a(), largest.elementsOfA(), seed, stream);
        device.fillMatrix(b, finder.precision().b(), largest.elementsOfB(), ~seed, stream);
        List<Double> rates = new ArrayList<>();
        for (Gemm shape : shapes) {
            try (GemmRunner runner = device.newGemm(shape)) {
                Runnable piece = () -> runner.enqueue(a, b, c, stream);
                GemmSweepRunner.rest(sweep);
                piece.run();
                rates.add(shape.flop() * TIMED / Timed.milliseconds(context, stream, piece, TIMED));
            }
        }
        owned.close();
        return IntStream.range(0, shapes.size())
                .boxed()
                .sorted(Comparator.comparing(rates::get, Comparator.reverseOrder()))
                .limit(finder.finalists())
                .map(String::valueOf)
                .collect(Collectors.joining(","));
    }

    /** A finalist's rate, and what the host took to enqueue it. */
    private record Found(Measurement tflops, Measurement enqueuing) {}

    private Found measure(Gemm gemm) throws Exception {
        Owned owned = new Owned();
        GemmWork work =
                GemmWork.prepare(context, gemm, gemm.label() + " finder", AlgorithmChoice.Load.BURST, stream, owned);
        context.world().all().barrier("finalist");
        GemmSweepRunner.rest(sweep);
        Pipeline pipeline = new Pipeline(context.device(), owned, stream, work::enqueue, () -> {}, context.within(0));
        List<Piece> pieces = pipeline.run((long) GemmSweepRunner.LEAD_IN + finder.repeats()).stream()
                .skip(GemmSweepRunner.LEAD_IN)
                .toList();
        List<Double> tflops = pieces.stream()
                .map(piece -> work.tflops(1, piece.milliseconds()))
                .toList();
        Map<String, String> conditions = GemmSweepRunner.conditions(work, "finder");
        work.verify(1);
        owned.close();
        return new Found(
                Measurement.of(Metric.GEMM_TFLOPS, tflops, conditions),
                Enqueuing.of(Metric.GEMM_TFLOPS, pieces, conditions));
    }

    /** Equal work over all of its time. */
    private static double rate(Measurement measurement) {
        double time =
                measurement.samples().stream().mapToDouble(tflops -> 1 / tflops).sum();
        return measurement.samples().size() / time;
    }
}
