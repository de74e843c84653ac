package dev.assay.worker;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** All ranks of a launch, as one of them sees them. Its operations are collective: same order, same names on every rank. */
final class World implements AutoCloseable {
    private final Meeting meeting;
    private final Duration deadline;
    private final Consumer<String> onLost;
    private final LinkedBlockingQueue<Frame> inbox = new LinkedBlockingQueue<>();
    private final CountDownLatch anyoneLost = new CountDownLatch(1);
    private volatile Optional<String> lost = Optional.empty();
    private volatile String current = "";
    private volatile Supplier<String> missing = () -> "";
    private volatile Connection connection = Connection.none();

    /**
     * @param deadline of each operation
     * @param onLost told at once, on another thread, when a rank is gone
     */
    World(Meeting meeting, Duration deadline, Consumer<String> onLost) {
        this.meeting = meeting;
        this.deadline = deadline;
        this.onLost = onLost;
    }

    /**
     * Addresses by which two nodes have reached each other.
     *
     * @param own this rank's
     * @param hub rank 0's
     */
    record Route(String own, String hub) {}

    /** The way to the hub. */
    interface Connection {
        void send(Frame frame) throws IOException;

        void close();

        /** By which addresses it goes; empty where this rank is the hub itself. */
        default Optional<Route> route() {
            return Optional.empty();
        }

        static Connection none() {
            return new Connection() {
                @Override
                public void send(Frame frame) throws IOException {
                    throw new IOException("not connected");
                }

                @Override
                public void close() {}
            };
        }
    }

    void connected(Connection to, Supplier<String> missing) {
        this.connection = to;
        this.missing = missing;
    }

    /** The hub says something. */
    void receive(Frame frame) {
        if (frame.kind() == Frame.Kind.LOST && lost.isEmpty()) {
            lost = Optional.of(frame.name());
            anyoneLost.countDown();
            onLost.accept(frame.name());
        }
        inbox.add(frame);
    }

    /** The hub is gone without good-bye. */
    void hubGone() {
        receive(Frame.words(
                Frame.Kind.LOST,
                meeting.words(0) + " left" + (current.isEmpty() ? "" : " while in '" + current + "'")));
    }

    int rank() {
        return meeting.rank();
    }

    /** How this rank reaches rank 0; empty on rank 0. */
    Optional<Route> route() {
        return connection.route();
    }

    Group all() {
        return new Group(this, 0, meeting.worldSize());
    }

    /** @param ranks consecutive, this one among them */
    Group group(List<Integer> ranks) {
        return new Group(this, ranks.get(0), ranks.size());
    }

    /** What this rank waits for now, in words; empty where for nothing. */
    String waitingFor() {
        String known = missing.get();
        return known.isEmpty() && !current.isEmpty() ? "the others in '" + current + "'" : known;
    }

    /** Gives one's part and waits for everyone's, in rank order. */
    List<byte[]> exchange(String name, int first, int size, byte[] mine) {
        current = name;
        try {
            connection.send(new Frame(Frame.Kind.OPERATION, name, first, size, List.of(mine)));
            Frame answer = answer(name);
            current = "";
            return answer.parts();
        } catch (IOException e) {
            throw new WorkerException(trouble(name, lost.orElse(meeting.words(0) + " cannot be reached: " + e)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WorkerException(trouble(name, "interrupted"), e);
        }
    }

    /** Who is gone, in words; waits a little, for a device's error is often the faster messenger of a peer's death. */
    Optional<String> lost(Duration patience) {
        try {
            return anyoneLost.await(patience.toMillis(), TimeUnit.MILLISECONDS) ? lost : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Tells the others why this rank will not be with them any more, and leaves. */
    void abandon(String phase, String message) {
        tell(Frame.words(Frame.Kind.FAILED, "phase " + phase + ": " + message));
    }

    /** Leaves in good order. */
    @Override
    public void close() {
        tell(Frame.words(Frame.Kind.BYE, ""));
    }

    private void tell(Frame last) {
        try {
            connection.send(last);
        } catch (IOException e) {
            System.err.println(meeting.words(rank()) + " could not say that it leaves: " + e);
        }
        connection.close();
    }

    private Frame answer(String name) throws InterruptedException {
        Frame answer = inbox.poll(deadline.toNanos(), TimeUnit.NANOSECONDS);
        if (answer == null) {
            throw new WorkerException(trouble(name, "nobody answered within " + deadline.toMillis() / 1000.0 + " s")
                    + "; waiting for " + waitingFor());
        }
        if (answer.kind() != Frame.Kind.OPERATION || !answer.name().equals(name)) {
            throw new WorkerException(trouble(name, answer.name()));
        }
        return answer;
    }

    private String trouble(String name, String what) {
        return meeting.words(rank()) + " in '" + name + "': " + what + "; look at that rank's log";
    }
}
