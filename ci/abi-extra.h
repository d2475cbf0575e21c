/*
 * What ci/abi-check compares the crate with: the kernel's exported headers, and below them what a program needs to
 * know and the kernel does not export. Each of those definitions restates the file of the kernel's source that stands
 * above it. A type that the exported headers define as well, or a macro that they define otherwise, is an error.
 */

#include <linux/types.h>

#include <asm/auxvec.h>
#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/ioctls.h>
#include <asm/mman.h>
#include <asm/poll.h>
#include <asm/resource.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/socket.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/termios.h>
#include <asm/unistd.h>
#include <linux/auxvec.h>
#include <linux/close_range.h>
#include <linux/elf.h>
#include <linux/eventfd.h>
#include <linux/eventpoll.h>
#include <linux/fadvise.h>
#include <linux/falloc.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/inotify.h>
#include <linux/ioctl.h>
#include <linux/ipv6.h>
#include <linux/limits.h>
#include <linux/memfd.h>
#include <linux/mman.h>
#include <linux/openat2.h>
#include <linux/pidfd.h>
#include <linux/poll.h>
#include <linux/prctl.h>
#include <linux/ptrace.h>
#include <linux/random.h>
#include <linux/resource.h>
#include <linux/rseq.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/seccomp.h>
#include <linux/signal.h>
#include <linux/signalfd.h>
#include <linux/socket.h>
#include <linux/sockios.h>
#include <linux/stat.h>
#include <linux/tcp.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <linux/timerfd.h>
#include <linux/udp.h>
#include <linux/uio.h>
#include <linux/un.h>
#include <linux/utsname.h>
#include <linux/wait.h>

/* arch_prctl and set_thread_area(2) with a struct are x86's */
#if __has_include(<asm/ldt.h>)
#include <asm/ldt.h>
#include <asm/prctl.h>
#endif

/* libc's; where a long has 32 bits, asm/socket.h chooses between two numbers of SO_RCVTIMEO by it. Here it has 64 */
typedef __s64 time_t;

/* sparc64's struct timeval has an int in it, so that the crate asks for the struct of two 64-bit numbers */
#if defined(__sparc__) && defined(__arch64__)
#undef SO_RCVTIMEO
#undef SO_SNDTIMEO
#define SO_RCVTIMEO SO_RCVTIMEO_NEW
#define SO_SNDTIMEO SO_SNDTIMEO_NEW
#endif

/* include/linux/fs.h has them as MAY_READ, MAY_WRITE and MAY_EXEC; access(2) calls them so */
#define F_OK 0
#define R_OK 4
#define W_OK 2
#define X_OK 1

/* include/linux/signal_types.h and arch/<name>/include/asm/signal.h, __new_sigset_t and __new_sigaction on sparc: what the
 * rt_ calls take. On several architectures the exported structs of these names are those of the calls before them */
#undef sa_handler
typedef struct {
#ifdef __mips__
	unsigned long sig[128 / (8 * sizeof(long))];
#else
	unsigned long sig[64 / (8 * sizeof(long))];
#endif
} kernel_sigset_t;

struct kernel_sigaction {
#ifdef __mips__
	unsigned int sa_flags;
	__sighandler_t sa_handler;
#else
	__sighandler_t sa_handler;
	unsigned long sa_flags;
#endif
#if defined(SA_RESTORER) || defined(__m68k__) || defined(__sparc__)
	void (*sa_restorer)(void);
#endif
	kernel_sigset_t sa_mask;
};

/* include/linux/dirent.h */
struct linux_dirent64 {
	__u64 d_ino;
	__s64 d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};

/* include/linux/fs_types.h */
#define DT_UNKNOWN 0
#define DT_FIFO 1
#define DT_CHR 2
#define DT_DIR 4
#define DT_BLK 6
#define DT_REG 8
#define DT_LNK 10
#define DT_SOCK 12
#define DT_WHT 14

/* include/uapi/asm-generic/fcntl.h has it as FASYNC; open(2) and fcntl(2) call it O_ASYNC */
#define O_ASYNC FASYNC

/* include/linux/stat.h */
#define UTIME_NOW ((1l << 30) - 1l)
#define UTIME_OMIT ((1l << 30) - 2l)

/* include/linux/net.h, enum sock_type and below it; mips has its own, in arch/mips/include/asm/socket.h */
#ifdef __mips__
#define SOCK_STREAM 2
#define SOCK_DGRAM 1
#else
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#endif
#define SOCK_RAW 3
#define SOCK_RDM 4
#define SOCK_SEQPACKET 5
#define SOCK_CLOEXEC O_CLOEXEC
#define SOCK_NONBLOCK O_NONBLOCK

/* include/linux/net.h, enum sock_shutdown_cmd */
#define SHUT_RD 0
#define SHUT_WR 1
#define SHUT_RDWR 2

/* include/linux/socket.h: the address families */
#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_LOCAL 1
#define AF_INET 2
#define AF_AX25 3
#define AF_X25 9
#define AF_INET6 10
#define AF_KEY 15
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_RDS 21
#define AF_PPPOX 24
#define AF_LLC 26
#define AF_IB 27
#define AF_MPLS 28
#define AF_CAN 29
#define AF_TIPC 30
#define AF_BLUETOOTH 31
#define AF_ALG 38
#define AF_NFC 39
#define AF_VSOCK 40
#define AF_KCM 41
#define AF_QIPCRTR 42
#define AF_SMC 43
#define AF_XDP 44
#define AF_MCTP 45

/* include/linux/socket.h: the flags of send and recv */
#define MSG_OOB 0x1
#define MSG_PEEK 0x2
#define MSG_DONTROUTE 0x4
#define MSG_CTRUNC 0x8
#define MSG_TRUNC 0x20
#define MSG_DONTWAIT 0x40
#define MSG_EOR 0x80
#define MSG_WAITALL 0x100
#define MSG_CONFIRM 0x800
#define MSG_ERRQUEUE 0x2000
#define MSG_NOSIGNAL 0x4000
#define MSG_MORE 0x8000
#define MSG_WAITFORONE 0x10000
#define MSG_ZEROCOPY 0x4000000
#define MSG_FASTOPEN 0x20000000
#define MSG_CMSG_CLOEXEC 0x40000000

/* include/linux/socket.h: the levels of setsockopt, and the longest queue of listen (4096 since Linux 5.4) */
#define SOL_IP 0
#define SOL_TCP 6
#define SOL_UDP 17
#define SOL_IPV6 41
#define SOMAXCONN 4096

/* include/linux/socket.h */
typedef __kernel_sa_family_t sa_family_t;

struct sockaddr {
	sa_family_t sa_family;
	char sa_data[14];
};

struct linger {
	int l_onoff;
	int l_linger;
};

struct ucred {
	__u32 pid;
	__u32 uid;
	__u32 gid;
};
