package dev.assay.worker;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Rank 0's door: lets in whoever proves to be a rank of this launch, until all are there; then closes. */
final class HubServer implements World.Connection {
    private static final int HANDSHAKE_MILLIS = 30_000;
    private static final long GOOD_BYE_MILLIS = 10_000;

    private final Meeting meeting;
    private final Hub hub;
    private final CountDownLatch missing;
    private final List<SocketConnection> connections = new ArrayList<>();

    private HubServer(Meeting meeting, Hub hub) {
        this.meeting = meeting;
        this.hub = hub;
        this.missing = new CountDownLatch(meeting.worldSize() - 1);
    }

    /** Waits for everyone and connects rank 0's own world. */
    static void open(Meeting meeting, World world, Duration deadline) throws IOException, InterruptedException {
        HubServer server = new HubServer(meeting, new Hub(meeting));
        server.hub.join(0, world::receive);
        world.connected(server, server.hub::waitingFor);
        if (meeting.worldSize() > 1) {
            server.letIn(deadline);
        }
    }

    @Override
    public void send(Frame frame) {
        hub.receive(0, frame);
    }

    /** Leaves last, so that every answer has been read. */
    @Override
    public void close() {
        try {
            hub.awaitEmpty(GOOD_BYE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (connections) {
            connections.forEach(SocketConnection::close);
        }
    }

    private void letIn(Duration deadline) throws IOException, InterruptedException {
        try (ServerSocket server = new ServerSocket()) {
            InetSocketAddress any = new InetSocketAddress(0);
            server.bind(
                    meeting.loopback() ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0) : any,
                    Math.max(64, meeting.worldSize()));
            Thread door = new Thread(() -> accept(server), "door of the hub");
            door.setDaemon(true);
            door.start();
            new RendezvousFile(
                            RendezvousFile.SCHEMA,
                            meeting.runId(),
                            meeting.launch(),
                            meeting.nodeOfRank().get(0),
                            addresses(),
                            server.getLocalPort())
                    .publish(meeting.file());
            if (!missing.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                String words = meeting.words(0) + " waited " + deadline.toMillis() / 1000.0
                        + " s for the others; still missing: " + hub.absent();
                hub.giveUp(words);
                throw new WorkerException(words + "; look at their logs");
            }
        }
    }

    private void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread greeter = new Thread(() -> greet(socket), "greeting a rank");
                greeter.setDaemon(true);
                greeter.start();
            } catch (IOException e) {
                if (!server.isClosed()) {
                    System.err.println("hub could not accept a connection: " + e);
                }
            }
        }
    }

    private void greet(Socket socket) {
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.setSoTimeout(HANDSHAKE_MILLIS);
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            int rank = meeting.handshake().accept(in, out);
            socket.setSoTimeout(0);
            SocketConnection connection = new SocketConnection(socket, out);
            if (!hub.join(rank, connection)) {
                throw new IOException("rank " + rank + " is not of this launch or has come twice");
            }
            synchronized (connections) {
                connections.add(connection);
            }
            connection.listen("rank " + rank, in, frame -> hub.receive(rank, frame), () -> hub.disconnected(rank));
            missing.countDown();
        } catch (IOException e) {
            System.err.println("hub turned away " + socket.getRemoteSocketAddress() + ": " + e.getMessage());
            closeQuietly(socket);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            System.err.println("closing a connection that is gone already: " + e);
        }
    }

    /** Where the others may try: this host's addresses as seen from outside, then its name. */
    private List<String> addresses() throws IOException {
        if (meeting.loopback()) {
            return List.of(InetAddress.getLoopbackAddress().getHostAddress());
        }
        List<String> addresses = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .sorted((a, b) -> Boolean.compare(a.contains(":"), b.contains(":")))
                .collect(Collectors.toCollection(ArrayList::new));
        addresses.add(meeting.nodeOfRank().get(0));
        return addresses;
    }
}
