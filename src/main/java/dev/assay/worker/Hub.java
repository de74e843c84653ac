package dev.assay.worker;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where the parts of an operation come together: on rank 0 of the launch. Every operation is one exchange: all give, and when
 * the last has given all get everything. One connection and one thread a rank is right for hundreds of ranks; for thousands
 * it would be a tree with one hub a node.
 */
final class Hub {
    private final Meeting meeting;
    private final Map<Integer, Peer> peers = new HashMap<>();
    /** By first rank and size of the group: the world and a node's group operate side by side. */
    private final Map<List<Integer>, Exchange> open = new LinkedHashMap<>();

    private final Set<Integer> gone = new TreeSet<>();
    /** What everyone was told, and whoever comes later is told too. */
    private Optional<Frame> loss = Optional.empty();

    Hub(Meeting meeting) {
        this.meeting = meeting;
    }

    /** The way back to one rank. */
    @FunctionalInterface
    interface Peer {
        void send(Frame frame) throws IOException;
    }

    /** An operation that some ranks of a group have begun. */
    private record Exchange(String name, int first, int size, Map<Integer, byte[]> given) {
        boolean isComplete() {
            return given.size() == size;
        }

        boolean concerns(int rank) {
            return rank >= first && rank < first + size;
        }
    }

    /** Whether the rank is new and one of this launch's. */
    synchronized boolean join(int rank, Peer peer) {
        boolean welcome = rank >= 0 && rank < meeting.worldSize() && peers.putIfAbsent(rank, peer) == null;
        if (welcome) {
            loss.ifPresent(words -> send(rank, words));
        }
        return welcome;
    }

    /** Who has not come yet, in words; empty where all are there. */
    synchronized String absent() {
        List<String> absent = IntStream.range(0, meeting.worldSize())
                .filter(rank -> !peers.containsKey(rank))
                .mapToObj(meeting::words)
                .toList();
        return String.join(", ", absent.subList(0, Math.min(8, absent.size())))
                + (absent.size() > 8 ? ", … (" + absent.size() + " in all)" : "");
    }

    /** Tells everyone who is there why there will be no meeting. */
    synchronized void giveUp(String words) {
        lose(words);
    }

    synchronized void receive(int rank, Frame frame) {
        switch (frame.kind()) {
            case OPERATION -> operate(rank, frame);
            case FAILED -> {
                gone.add(rank);
                lose(meeting.words(rank) + " failed in " + frame.name());
            }
            case BYE -> leave(rank, "left in good order");
            case LOST -> lose(meeting.words(rank) + " sent what only the hub may send");
        }
        notifyAll();
    }

    /** The connection has ended. */
    synchronized void disconnected(int rank) {
        if (!gone.contains(rank)) {
            leave(rank, "left");
            lose(meeting.words(rank) + " left between operations");
        }
        notifyAll();
    }

    /** Who has not come, else whom the open operations wait for, in words; empty where for nobody. */
    synchronized String waitingFor() {
        String absent = absent();
        return absent.isEmpty() ? waitingForParts() : absent + " in the meeting";
    }

    private String waitingForParts() {
        return open.values().stream()
                .map(exchange -> IntStream.range(exchange.first(), exchange.first() + exchange.size())
                                .filter(rank -> !exchange.given().containsKey(rank))
                                .limit(8)
                                .mapToObj(meeting::words)
                                .collect(Collectors.joining(", "))
                        + " in '" + exchange.name() + "'")
                .collect(Collectors.joining("; "));
    }

    /** Waits until every rank, the hub's own too, has said good-bye or is gone. */
    synchronized void awaitEmpty(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        for (long left = millis;
                gone.size() < peers.size() && left > 0;
                left = (deadline - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    private void operate(int rank, Frame frame) {
        List<Integer> group = List.of(frame.first(), frame.size());
        Exchange exchange = open.computeIfAbsent(
                group, key -> new Exchange(frame.name(), frame.first(), frame.size(), new TreeMap<>()));
        boolean sound = exchange.name().equals(frame.name())
                && exchange.concerns(rank)
                && frame.parts().size() == 1
                && exchange.given().putIfAbsent(rank, frame.parts().get(0)) == null;
        if (!sound) {
            lose(meeting.words(rank) + " is in '" + frame.name() + "' while others are in '" + exchange.name() + "'");
            return;
        }
        for (int departed : gone) {
            if (exchange.concerns(departed)) {
                lose(meeting.words(departed) + " left before '" + exchange.name() + "'");
                return;
            }
        }
        if (exchange.isComplete()) {
            open.remove(group);
            Frame everyones = new Frame(
                    Frame.Kind.OPERATION,
                    frame.name(),
                    frame.first(),
                    frame.size(),
                    new ArrayList<>(exchange.given().values()));
            exchange.given().keySet().forEach(member -> send(member, everyones));
        }
    }

    private void leave(int rank, String how) {
        gone.add(rank);
        open.values().stream()
                .filter(exchange -> exchange.concerns(rank))
                .findFirst()
                .ifPresent(exchange -> lose(meeting.words(rank) + " " + how + " while in '" + exchange.name() + "'"));
    }

    /** The first loss is told to everyone; what follows is its consequence. */
    private void lose(String words) {
        if (loss.isEmpty()) {
            Frame told = Frame.words(Frame.Kind.LOST, words);
            loss = Optional.of(told);
            List.copyOf(peers.keySet()).forEach(rank -> send(rank, told));
        }
    }

    private void send(int rank, Frame frame) {
        Peer peer = peers.get(rank);
        if (peer == null || gone.contains(rank)) {
            return;
        }
        try {
            peer.send(frame);
        } catch (IOException e) {
            leave(rank, "left (" + e.getMessage() + ")");
        }
    }
}
