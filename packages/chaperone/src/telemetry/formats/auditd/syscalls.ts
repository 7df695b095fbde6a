/** Names of system calls that rules and readers ask for, by audit's `arch` and number (Linux uapi, asm/unistd). */
const X86_64 =
  '0 read 1 write 2 open 3 close 41 socket 42 connect 43 accept 49 bind 50 listen 56 clone 57 fork 58 vfork 59 execve 62 kill 76 truncate 77 ftruncate 80 chdir 82 rename 83 mkdir 84 rmdir 85 creat 86 link 87 unlink 88 symlink 90 chmod 91 fchmod 92 chown 93 fchown 94 lchown 99 sysinfo 101 ptrace 103 syslog 105 setuid 106 setgid 113 setreuid 114 setregid 117 setresuid 119 setresgid 132 utime 133 mknod 135 personality 155 pivot_root 159 adjtimex 161 chroot 164 settimeofday 165 mount 166 umount2 167 swapon 168 swapoff 169 reboot 170 sethostname 171 setdomainname 175 init_module 176 delete_module 188 setxattr 189 lsetxattr 190 fsetxattr 197 removexattr 198 lremovexattr 199 fremovexattr 227 clock_settime 235 utimes 246 kexec_load 257 openat 258 mkdirat 259 mknodat 260 fchownat 263 unlinkat 264 renameat 265 linkat 266 symlinkat 268 fchmodat 272 unshare 280 utimensat 288 accept4 304 open_by_handle_at 308 setns 310 process_vm_readv 311 process_vm_writev 313 finit_module 316 renameat2 317 seccomp 319 memfd_create 320 kexec_file_load 321 bpf 322 execveat 323 userfaultfd 425 io_uring_setup 437 openat2';
const I386 =
  '5 open 10 unlink 11 execve 14 mknod 15 chmod 21 mount 26 ptrace 38 rename 88 reboot 102 socketcall 103 syslog 116 sysinfo 128 init_module 129 delete_module 136 personality 295 openat 350 finit_module 356 memfd_create 357 bpf 358 execveat 359 socket 362 connect';
const AARCH64 =
  '33 mknodat 34 mkdirat 35 unlinkat 36 symlinkat 37 linkat 38 renameat 39 umount2 40 mount 51 chroot 53 fchmodat 54 fchownat 56 openat 92 personality 97 unshare 104 kexec_load 105 init_module 106 delete_module 116 syslog 117 ptrace 142 reboot 146 setuid 179 sysinfo 198 socket 200 bind 201 listen 202 accept 203 connect 220 clone 221 execve 268 setns 273 finit_module 276 renameat2 279 memfd_create 280 bpf 281 execveat';

const ARCHITECTURES: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  c000003e: table(X86_64),
  '40000003': table(I386),
  c00000b7: table(AARCH64),
};

function table(text: string): ReadonlyMap<string, string> {
  const words = text.split(' ');
  const names = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) names.set(words[at], words[at + 1]);
  return names;
}

/** The name of a system call, where it is one of those known here. */
export function syscallName(arch: unknown, number: unknown): string | undefined {
  if (typeof arch !== 'string' || typeof number !== 'string' || !Object.hasOwn(ARCHITECTURES, arch)) return undefined;
  return ARCHITECTURES[arch].get(number);
}
