//! The exports of the WebAssembly modules.
//!
//! They are what the published Cap widget calls when `window.CAP_CUSTOM_WASM_URL` points here: the names and shapes
//! that wasm-bindgen gives to a function of two strings, in 0.1.57 and before. Nothing is imported.
//!
//! Strings are passed in memory that the caller asks for with `__wbindgen_malloc` and fills. As in the original,
//! `solve_pow` takes them over: it releases all memory handed out so far. A caller that never solves gets the oldest
//! memory again once all has been handed out. So the module never grows, however often it is called.
//!
//! The arena is made of atomics because the page writes to it behind the compiler's back; in a module without threads
//! they cost nothing, and no unsafe block is needed.

use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering::Relaxed};

use crate::MAX_SALT_BYTES;

/// Solves a puzzle: a salt and a target, each as the address and length of a string in this module's memory.
///
/// The result is the nonce, or [`NOT_SOLVED`] if the target is not 1 to 8 hex digits, the salt is empty or longer than
/// [`MAX_SALT_BYTES`], an address did not come from `__wbindgen_malloc`, or no nonce was found
/// (see [`solve`](crate::solve)).
#[no_mangle]
pub extern "C" fn solve_pow(salt: usize, salt_length: usize, target: usize, target_length: usize) -> i64 {
    let mut salt_bytes = [0; MAX_SALT_BYTES];
    let mut target_bytes = [0; crate::MAX_TARGET_DIGITS];
    let strings = (read(salt, salt_length, &mut salt_bytes), read(target, target_length, &mut target_bytes));
    USED.store(0, Relaxed);
    match strings {
        (Some(salt), Some(target)) => crate::solve(salt, target).map_or(NOT_SOLVED, |nonce| nonce as i64),
        _ => NOT_SOLVED,
    }
}

/// Hands out `size` bytes and returns their address, aligned to 16.
///
/// More than the arena's 8 KiB, or a greater alignment, traps like any allocator that runs out: the widget then reports
/// a failed worker. An address that cannot be written to would be worse.
#[no_mangle]
pub extern "C" fn __wbindgen_malloc(size: usize, align: usize) -> usize {
    if size > ARENA_BYTES || align > ALIGN {
        core::arch::wasm32::unreachable();
    }
    let used = USED.load(Relaxed);
    let start = if used + size > ARENA_BYTES { 0 } else { used };
    USED.store((start + size + ALIGN - 1) / ALIGN * ALIGN, Relaxed);
    arena_address() + start
}

/// Hands out `new_size` bytes that begin with the `old_size` bytes at `address`.
///
/// The widget asks for more when a string turns out not to be ASCII, and for less when it knows the length. Less is
/// the same memory. Traps as `__wbindgen_malloc` does, and on memory that was never handed out.
#[no_mangle]
pub extern "C" fn __wbindgen_realloc(
    address: usize,
    old_size: usize,
    new_size: usize,
    align: usize,
) -> usize {
    if new_size <= old_size {
        return address;
    }
    let new_address = __wbindgen_malloc(new_size, align);
    match (arena(address, old_size), arena(new_address, old_size)) {
        (Some(from), Some(to)) => {
            for (to, from) in to.iter().zip(from) {
                to.store(from.load(Relaxed), Relaxed);
            }
            new_address
        }
        _ => core::arch::wasm32::unreachable(),
    }
}

/// Does nothing. wasm-bindgen's own loader, which older widgets use, insists on calling it.
#[no_mangle]
pub extern "C" fn __wbindgen_start() {}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// Copies a string out of the arena. `None` if it does not lie there or is longer than `buffer`.
fn read(address: usize, length: usize, buffer: &mut [u8]) -> Option<&[u8]> {
    let buffer = buffer.get_mut(..length)?;
    for (to, from) in buffer.iter_mut().zip(arena(address, length)?) {
        *to = from.load(Relaxed);
    }
    Some(buffer)
}

/// The part of the arena at an address.
fn arena(address: usize, length: usize) -> Option<&'static [AtomicU8]> {
    let start = address.checked_sub(arena_address())?;
    ARENA.0.get(start..start.checked_add(length)?)
}

fn arena_address() -> usize {
    ARENA.0.as_ptr() as usize
}

#[repr(align(16))]
struct Arena([AtomicU8; ARENA_BYTES]);

#[allow(clippy::declare_interior_mutable_const)] // It only fills the arena.
const ZERO: AtomicU8 = AtomicU8::new(0);
static ARENA: Arena = Arena([ZERO; ARENA_BYTES]);
/// How many bytes of the arena are handed out.
static USED: AtomicUsize = AtomicUsize::new(0);

const ALIGN: usize = 16;
const ARENA_BYTES: usize = 8192;

/// What `solve_pow` returns instead of a nonce: -1, which the widget reads as 2^64 - 1.
const NOT_SOLVED: i64 = -1;
