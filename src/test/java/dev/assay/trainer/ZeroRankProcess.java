package dev.assay.trainer;

import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.TestLibraries;
import dev.assay.training.CollectiveMode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One rank as a process of its own, which is how a job has it, on a GPU and over NCCL. Ranks that must share a GPU are hosts of their
 * own to NCCL, which else refuses them, and what they send goes over sockets.
 */
final class ZeroRankProcess {
    private static final String PREFIX = "learned ";

    private ZeroRankProcess() {}

    /** What each rank learned, in its order. */
    static List<List<ZeroTrainingContract.Learned>> together(
            ZeroTrainingContract.Lesson lesson, Path folder, int gpus, long seconds) throws Exception {
        List<String> ids = new ArrayList<>();
        try (CudaDevice device = CudaDevice.open(0, TestLibraries.directories())) {
            for (int i = 0; i < 2; i++) {
                ids.add(HexFormat.of().formatHex(device.newCommunicatorId()));
            }
        }
        List<Process> ranks = new ArrayList<>();
        try {
            for (int rank = 0; rank < ZeroTrainingContract.RANKS; rank++) {
                ranks.add(start(lesson, rank, gpus, ids, folder.resolve("rank-" + rank + ".log")));
            }
            List<List<ZeroTrainingContract.Learned>> learned = new ArrayList<>();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            for (int rank = 0; rank < ranks.size(); rank++) {
                learned.add(learned(
                        ranks.get(rank), end, lesson + ", rank " + rank, folder.resolve("rank-" + rank + ".log")));
            }
            return learned;
        } finally {
            ranks.forEach(Process::destroyForcibly);
        }
    }

    private static Process start(ZeroTrainingContract.Lesson lesson, int rank, int gpus, List<String> ids, Path log)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dassay.test.libraries=" + String.join(File.pathSeparator, TestLibraries.directories()),
                "-cp",
                System.getProperty("java.class.path"),
                ZeroRankProcess.class.getName(),
                Integer.toString(rank),
                Integer.toString(rank % gpus),
                Boolean.toString(lesson.gpt()),
                Integer.toString(lesson.stage()),
                lesson.mode().name(),
                Long.toString(lesson.seed())));
        command.addAll(ids);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // What a job's ranks get: two communicators' kernels stand in one order on every GPU.
        builder.environment().put("NCCL_LAUNCH_ORDER_IMPLICIT", "1");
        if (gpus < ZeroTrainingContract.RANKS) {
            builder.environment().put("NCCL_HOSTID", "rank-" + rank);
        }
        return builder.start();
    }

    private static List<ZeroTrainingContract.Learned> learned(Process rank, long end, String what, Path log)
            throws Exception {
        boolean ended = rank.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        String said = Files.readString(log, StandardCharsets.UTF_8);
        if (!ended || rank.exitValue() != 0) {
            throw new IllegalStateException(
                    what + (ended ? " ended with exit code " + rank.exitValue() : " did not end") + ":\n" + said);
        }
        return said.lines()
                .filter(line -> line.startsWith(PREFIX))
                .map(line -> line.substring(PREFIX.length()).split(" ", -1))
                .map(words ->
                        new ZeroTrainingContract.Learned(Double.parseDouble(words[0]), Double.parseDouble(words[1])))
                .toList();
    }

    /** RANK GPU GPT STAGE MODE SEED ID_OF_GRADIENTS ID_OF_WEIGHTS. */
    public static void main(String[] arguments) {
        int rank = Integer.parseInt(arguments[0]);
        ZeroTrainingContract.Lesson lesson = new ZeroTrainingContract.Lesson(
                Boolean.parseBoolean(arguments[2]),
                Integer.parseInt(arguments[3]),
                CollectiveMode.valueOf(arguments[4]),
                Long.parseLong(arguments[5]));
        byte[] gradients = HexFormat.of().parseHex(arguments[6]);
        byte[] weights = HexFormat.of().parseHex(arguments[7]);
        try (CudaDevice device = CudaDevice.open(Integer.parseInt(arguments[1]), TestLibraries.directories())) {
            ZeroTrainingContract.learn(
                            lesson,
                            rank,
                            device,
                            purpose -> device.join(
                                    purpose.equals("weights") ? weights : gradients, rank, ZeroTrainingContract.RANKS))
                    .forEach(step -> System.out.println(PREFIX + step.loss() + " " + step.gradientNorm()));
        }
    }
}
