package dev.assay.worker;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;

/**
 * How the ranks of a launch find each other: rank 0 listens and says where in {@code rendezvous.json}; the others poll for
 * that file, connect, and both sides prove that they know the run's secret.
 */
final class Rendezvous {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int HANDSHAKE_MILLIS = 30_000;
    private static final long POLL_MILLIS = 50;

    private Rendezvous() {}

    /**
     * Meets the others and connects the world. Rank 0 blocks until everyone is there.
     *
     * @param deadline of the meeting
     */
    static void meet(Meeting meeting, World world, Duration deadline) {
        try {
            if (meeting.rank() == 0) {
                HubServer.open(meeting, world, deadline);
            } else {
                join(meeting, world, System.nanoTime() + deadline.toNanos());
            }
        } catch (IOException e) {
            throw new WorkerException(
                    meeting.words(meeting.rank()) + " meeting the others: " + e + "; look at the network and "
                            + meeting.file(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WorkerException(meeting.words(meeting.rank()) + " meeting the others: interrupted", e);
        }
    }

    private static void join(Meeting meeting, World world, long deadline) throws InterruptedException {
        String last = meeting.file() + " has not appeared: rank 0 has not started, or the folder is not shared";
        while (System.nanoTime() < deadline) {
            Optional<RendezvousFile> file = RendezvousFile.read(meeting.file(), meeting);
            if (file.isPresent()) {
                for (String address : file.get().addresses()) {
                    try {
                        talk(
                                new Socket(),
                                new InetSocketAddress(address, file.get().port()),
                                meeting,
                                world);
                        return;
                    } catch (IOException e) {
                        last = address + " port " + file.get().port() + ": " + e;
                    }
                }
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new WorkerException(meeting.words(meeting.rank()) + " could not meet " + meeting.words(0)
                + " before its deadline: " + last + "; look at rank 0's log");
    }

    private static void talk(Socket socket, InetSocketAddress hub, Meeting meeting, World world) throws IOException {
        try {
            socket.connect(hub, CONNECT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setSoTimeout(HANDSHAKE_MILLIS);
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            meeting.handshake().introduce(meeting.rank(), in, out);
            socket.setSoTimeout(0);
            SocketConnection connection = new SocketConnection(socket, out);
            world.connected(connection, () -> "");
            connection.listen("hub", in, world::receive, world::hubGone);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
