// SPDX-License-Identifier: GPL-2.0
/* Strings, formatting and numbers for a program without a C library. */
#include "lib.h"

void *memcpy(void *dst, const void *src, size_t n)
{
	void *ret = dst;
	size_t words = n / 8;

	/* Eight bytes an instruction: under icount each of them costs one. */
	asm volatile("rep movsq" : "+D"(dst), "+S"(src), "+c"(words) : : "memory");
	n %= 8;
	asm volatile("rep movsb" : "+D"(dst), "+S"(src), "+c"(n) : : "memory");
	return ret;
}

void *memset(void *dst, int c, size_t n)
{
	void *ret = dst;
	u64 pattern = 0x0101010101010101ull * (u8)c;
	size_t words = n / 8;

	asm volatile("rep stosq" : "+D"(dst), "+c"(words) : "a"(pattern) : "memory");
	n %= 8;
	asm volatile("rep stosb" : "+D"(dst), "+c"(n) : "a"(pattern) : "memory");
	return ret;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (u8)*a - (u8)*b;
		if (!*a)
			break;
	}
	return 0;
}

/* Where formatted text goes; what does not fit is counted and dropped. */
struct out {
	char *buf;
	size_t size, len;
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len++] = c;
}

static void put_number(struct out *o, u64 v, unsigned int base, bool upper,
		       int width, char fill)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char tmp[20];
	int n = 0;

	do {
		tmp[n++] = digits[v % base];
		v /= base;
	} while (v);
	for (; width > n; width--)
		put(o, fill);
	while (n)
		put(o, tmp[--n]);
}

static void put_string(struct out *o, const char *s, int precision)
{
	for (; *s && precision; s++, precision--)
		put(o, *s);
}

/* One conversion; *fmt is behind the '%' and is moved past it. */
static void put_conversion(struct out *o, const char **fmt, va_list *ap)
{
	int width = 0, precision = -1;
	bool wide = false;
	char fill = ' ';
	u64 v;

	if (**fmt == '0') {
		fill = '0';
		(*fmt)++;
	}
	for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
		width = width * 10 + **fmt - '0';
	if (**fmt == '.') {
		(*fmt)++;
		if (**fmt == '*') {
			precision = va_arg(*ap, int);
			(*fmt)++;
		} else {
			for (precision = 0; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
				precision = precision * 10 + **fmt - '0';
		}
	}
	for (; **fmt == 'l'; (*fmt)++)
		wide = true;

	switch (**fmt) {
	case 'c':
		put(o, (char)va_arg(*ap, int));
		break;
	case 's':
		put_string(o, va_arg(*ap, const char *), precision);
		break;
	case 'd':
		v = wide ? va_arg(*ap, u64) : (u64)va_arg(*ap, int);
		if ((long)v < 0) {
			put(o, '-');
			v = -v;
		}
		put_number(o, v, 10, false, width, fill);
		break;
	case 'u':
	case 'x':
	case 'X':
		v = wide ? va_arg(*ap, u64) : va_arg(*ap, unsigned int);
		put_number(o, v, **fmt == 'u' ? 10 : 16, **fmt == 'X', width, fill);
		break;
	default:
		put(o, **fmt);
	}
	(*fmt)++;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { .buf = buf, .size = size };
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		if (*fmt != '%') {
			put(&o, *fmt++);
			continue;
		}
		fmt++;
		put_conversion(&o, &fmt, &args);
	}
	va_end(args);
	if (size)
		buf[o.len] = '\0';
	return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

static int suffix_shift(char c)
{
	switch (c) {
	case 'K':
		return 10;
	case 'M':
		return 20;
	case 'G':
		return 30;
	case 'T':
		return 40;
	}
	return 0;
}

bool parse_u64(const char *s, u64 *value)
{
	unsigned int base = 10;
	u64 v = 0;
	int shift;

	if (s[0] == '0' && s[1] == 'x') {
		base = 16;
		s += 2;
	}
	if (digit_value(*s) >= (int)base)
		return false;
	for (; digit_value(*s) < (int)base; s++)
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, digit_value(*s), &v))
			return false;
	shift = suffix_shift(*s);
	if (shift)
		s++;
	if (*s || v > (~0ull >> shift))
		return false;
	*value = v << shift;
	return true;
}
