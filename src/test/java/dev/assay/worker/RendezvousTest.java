package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.RankThreads;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RendezvousTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path folder;

    @Test
    void allGatherAndBroadcastCarryEveryonesBytesInRankOrder() throws Exception {
        List<String> seen = onRanks(5, (world, rank) -> {
            List<byte[]> gathered = world.all().allGather("names", text("r" + rank));
            byte[] told = world.all().broadcast("choice", text("from " + rank));
            long number = world.group(List.of(rank)).broadcast("own", (long) rank);
            world.all().barrier("done");
            world.close();
            return gathered.stream()
                            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                            .collect(Collectors.joining(","))
                    + " " + new String(told, StandardCharsets.UTF_8) + " " + number;
        });

        assertThat(seen)
                .containsExactlyElementsOf(IntStream.range(0, 5)
                        .mapToObj(rank -> "r0,r1,r2,r3,r4 from 0 " + rank)
                        .toList());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("rendezvous.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aRankThatLeavesIsNamedToEveryone() throws Exception {
        List<String> seen = onRanks(3, (world, rank) -> {
            if (rank == 2) {
                world.abandon("measure", "out of memory");
                return "";
            }
            return messageOf(() -> world.all().barrier("measure"));
        });

        assertThat(seen.subList(0, 2))
                .allSatisfy(message -> assertThat(message)
                        .contains("'barrier measure'", "rank 2 (node2) failed in phase measure: out of memory"));
    }

    @Test
    void ranksThatDisagreeOnTheOperationAreTold() throws Exception {
        List<String> seen =
                onRanks(2, (world, rank) -> messageOf(() -> world.all().barrier(rank == 0 ? "measure" : "check")));

        assertThat(seen)
                .allSatisfy(message -> assertThat(message)
                        .contains("'barrier measure'")
                        .contains("'barrier check'")
                        .contains("while others are in"));
    }

    @Test
    void aMissingRankIsNamedAtTheDeadline() {
        assertThatThrownBy(() -> meet(0, 3, "secret of this run", SHORT))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("still missing: rank 1 (node1), rank 2 (node2)");
    }

    @Test
    void theWatchdogsWordsNameWhoHasNotComeYet() throws Exception {
        World world = new World(meeting(0, 3, "secret of this run"), PATIENCE, lost -> {});
        Thread meeting = new Thread(() ->
                messageOf(() -> Rendezvous.meet(meeting(0, 3, "secret of this run"), world, Duration.ofSeconds(5))));

        meeting.start();
        while (world.waitingFor().isEmpty() && meeting.isAlive()) {
            Thread.onSpinWait();
        }

        assertThat(world.waitingFor()).isEqualTo("rank 1 (node1), rank 2 (node2) in the meeting");
        meeting.interrupt();
        meeting.join();
    }

    @Test
    void aRankWithoutRendezvousFileSaysSo() {
        assertThatThrownBy(() -> meet(1, 2, "secret of this run", SHORT))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("rendezvous.json has not appeared")
                .hasMessageContaining("look at rank 0's log");
    }

    @Test
    void anotherRunsRendezvousIsRefused() throws Exception {
        new RendezvousFile(1, "other run", "e/l", "node0", List.of("127.0.0.1"), 1)
                .publish(folder.resolve("rendezvous.json"));

        assertThatThrownBy(() -> meet(1, 2, "secret of this run", SHORT))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("other run");
        assertThatThrownBy(() -> meet(0, 2, "secret of this run", SHORT)).hasMessageContaining("started before");
    }

    @Test
    void whoDoesNotKnowTheSecretStaysOutside() throws Exception {
        AtomicReference<String> stranger = new AtomicReference<>("");
        CountDownLatch refused = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            stranger.set(messageOf(() -> meet(1, 2, "a guess, not the secret", SHORT)));
            refused.countDown();
        });
        thread.start();

        String hub = messageOf(() -> meet(0, 2, "secret of this run", Duration.ofSeconds(1)));

        assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(hub).contains("still missing: rank 1");
        assertThat(stranger.get()).contains("could not meet rank 0");
    }

    private interface OnRank {
        String run(World world, int rank) throws Exception;
    }

    private List<String> onRanks(int ranks, OnRank work) throws Exception {
        return RankThreads.run(ranks, rank -> work.run(meet(rank, ranks, "secret of this run", PATIENCE), rank));
    }

    private Meeting meeting(int rank, int ranks, String secret) {
        List<String> nodes =
                IntStream.range(0, ranks).mapToObj(node -> "node" + node).toList();
        return new Meeting("run-1", "e/l", folder, rank, nodes, true, new Meeting.Secret(text(secret)));
    }

    private World meet(int rank, int ranks, String secret, Duration deadline) {
        Meeting meeting = meeting(rank, ranks, secret);
        World world = new World(meeting, PATIENCE, lost -> {});
        Rendezvous.meet(meeting, world, deadline);
        return world;
    }

    private static String messageOf(Runnable work) {
        try {
            work.run();
            return "no error";
        } catch (WorkerException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
