package dev.assay.device.reference;

import dev.assay.device.DeviceException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * How the ranks of a ring find each other: all register their own port with rank 0, learn all ports, and each connects to the
 * next.
 */
final class RingMeeting {
    /** Rank 63 of 64 JVMs on two cores may come late; a dead one is noticed at once by its closed socket. */
    private static final int TIMEOUT_MILLIS = 300_000;

    private RingMeeting() {}

    /** Both neighbours of a rank. */
    record Neighbours(Socket previous, Socket next) {}

    static ServerSocket listen() {
        try {
            ServerSocket server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
            server.setSoTimeout(TIMEOUT_MILLIS);
            return server;
        } catch (IOException e) {
            throw new DeviceException("opening a port on 127.0.0.1 for the ring: " + e, e);
        }
    }

    /** Rank 0: hands every rank's port to every rank. */
    static int[] register(ServerSocket registry, RingId id, int ranks, int ownPort) throws IOException {
        int[] ports = new int[ranks];
        ports[0] = ownPort;
        List<Socket> members = new ArrayList<>();
        try {
            while (members.size() < ranks - 1) {
                Socket socket = registry.accept();
                DataInputStream in = greeted(socket, id);
                int rank = in.readInt();
                if (rank <= 0 || rank >= ranks || ports[rank] != 0) {
                    throw new DeviceException("joining a ring of " + ranks + ": rank " + rank + " is unknown or twice");
                }
                ports[rank] = in.readInt();
                members.add(socket);
            }
            for (Socket member : members) {
                DataOutputStream out = new DataOutputStream(new BufferedOutputStream(member.getOutputStream()));
                for (int port : ports) {
                    out.writeInt(port);
                }
                out.flush();
            }
        } finally {
            closeAll(members);
            registry.close();
        }
        return ports;
    }

    /** Ranks other than 0: tells rank 0 the own port and learns all. */
    static int[] registerAt(RingId id, int rank, int ranks, int ownPort) throws IOException {
        try (Socket socket = connect(id.port(), id)) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(rank);
            out.writeInt(ownPort);
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            int[] ports = new int[ranks];
            for (int i = 0; i < ranks; i++) {
                ports[i] = in.readInt();
            }
            return ports;
        }
    }

    static Neighbours connect(ServerSocket own, RingId id, int rank, int[] ports) throws IOException {
        Socket next = connect(ports[(rank + 1) % ports.length], id);
        DataOutputStream out = new DataOutputStream(next.getOutputStream());
        out.writeInt(rank);
        Socket previous = own.accept();
        int found = greeted(previous, id).readInt();
        int expected = Math.floorMod(rank - 1, ports.length);
        if (found != expected) {
            throw new DeviceException("joining a ring: rank " + rank + " must follow " + expected + ", got " + found);
        }
        return new Neighbours(previous, next);
    }

    private static Socket connect(int port, RingId id) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.getOutputStream().write(id.encode());
        return socket;
    }

    private static DataInputStream greeted(Socket socket, RingId id) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        if (!RingId.decode(in.readNBytes(RingId.BYTES)).equals(id)) {
            throw new DeviceException("joining a ring: a stranger came with another token");
        }
        return in;
    }

    static void closeAll(List<? extends Closeable> all) {
        for (Closeable one : all) {
            try {
                one.close();
            } catch (IOException e) {
                System.getLogger(RingMeeting.class.getName())
                        .log(System.Logger.Level.DEBUG, "closing a socket that is gone already", e);
            }
        }
    }
}
