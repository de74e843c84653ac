package dev.assay.device.cuda;

import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.training.MatrixPrecision;
import dev.assay.workload.ElementType;
import dev.assay.workload.LinearGemm;
import dev.assay.workload.LinearPass;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Times the GEMMs of a model's linear layers, in bf16 and in FP8 without its copies, by every candidate of cuBLASLt, on GPU 0; {@code src/test/gpu/linears} runs it. */
final class LinearTimes {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int WARM = 3;
    private static final int BATCH = 10;
    private static final int ROUNDS = 5;

    private LinearTimes() {}

    /** @param arguments rows, then {@code INPUTSxOUTPUTS} of every layer */
    public static void main(String[] arguments) {
        int rows = Integer.parseInt(arguments[0]);
        System.out.println("gemm\tfavourite TFLOPS\tfastest TFLOPS\tcandidates\tfastest");
        try (CudaDevice device = CudaDevice.open(0, TestLibraries.directories());
                Stream stream = device.newStream()) {
            for (String layer : Arrays.asList(arguments).subList(1, arguments.length)) {
                String[] sides = layer.split("x", -1);
                for (LinearPass pass : LinearPass.values()) {
                    boolean gradient = pass == LinearPass.WEIGHT_GRADIENT;
                    for (MatrixPrecision precision : MatrixPrecision.values()) {
                        show(
                                device,
                                stream,
                                new LinearGemm(
                                        pass,
                                        rows,
                                        Integer.parseInt(sides[0]),
                                        Integer.parseInt(sides[1]),
                                        ElementType.BF16,
                                        gradient,
                                        precision));
                    }
                }
            }
        }
    }

    private static void show(CudaDevice device, Stream stream, LinearGemm gemm) {
        try (LinearOperands operands = new LinearOperands(device, gemm, new Random().nextLong(), stream);
                GemmRunner runner = device.newLinear(gemm);
                Event start = device.newEvent();
                Event end = device.newEvent()) {
            List<byte[]> candidates = runner.candidates();
            double[] tflops = new double[candidates.size()];
            for (int i = 0; i < tflops.length; i++) {
                runner.choose(candidates.get(i));
                tflops[i] = median(operands, runner, stream, start, end);
            }
            int fastest = 0;
            for (int i = 1; i < tflops.length; i++) {
                fastest = tflops[i] > tflops[fastest] ? i : fastest;
            }
            runner.choose(candidates.get(fastest));
            System.out.printf(
                    Locale.ROOT,
                    "%s\t%.1f\t%.1f\t%d\t%s%n",
                    gemm.label(),
                    tflops[0],
                    tflops[fastest],
                    tflops.length,
                    runner.describe());
        }
    }

    private static double median(LinearOperands operands, GemmRunner runner, Stream stream, Event start, Event end) {
        double[] rounds = new double[ROUNDS];
        enqueue(operands, runner, stream, WARM);
        for (int i = 0; i < ROUNDS; i++) {
            operands.resetC();
            stream.record(start);
            enqueue(operands, runner, stream, BATCH);
            stream.record(end);
            stream.synchronize(DEADLINE);
            rounds[i] = BATCH * operands.gemm.flop() / end.millisecondsSince(start) / 1e9;
        }
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    private static void enqueue(LinearOperands operands, GemmRunner runner, Stream stream, int times) {
        for (int i = 0; i < times; i++) {
            runner.enqueue(operands.a, operands.b, operands.c, stream);
        }
    }
}
