// SPDX-License-Identifier: GPL-2.0
/*
 * The module: it takes the first controller that it is offered and puts two
 * files for it into the folder "sender" of debugfs.
 *
 *	load	write "size=4096 depth=32 ..." (struct sender_settings) to run
 *		a load; read what came of the last one
 *	reopen	write how many times to close and open the channel
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include "sender.h"

#define SENDER_LINE	128

static unsigned int sender_ring = SZ_128K;
module_param_named(ring, sender_ring, uint, 0644);
MODULE_PARM_DESC(ring, "Bytes of ring per direction, at the next open");

static struct dentry *sender_folder;
static atomic_t sender_bound;

#define SENDER_WORD(member) \
	{ #member, offsetof(struct sender_settings, member) }

static const struct {
	const char *name;
	size_t offset;
} sender_words[] = {
	SENDER_WORD(lun),
	SENDER_WORD(size),
	SENDER_WORD(depth),
	SENDER_WORD(batch),
	SENDER_WORD(count),
	SENDER_WORD(write),
	SENDER_WORD(polled),
};

static int sender_parse_word(char *word, struct sender_settings *load)
{
	char *name = strsep(&word, "=");
	int i;

	for (i = 0; i < ARRAY_SIZE(sender_words); i++)
		if (word && !strcmp(name, sender_words[i].name))
			return kstrtou32(word, 0, (void *)load +
					 sender_words[i].offset);
	return -EINVAL;
}

static int sender_parse(char *line, struct sender_settings *load)
{
	char *word;
	int err = 0;

	while (!err && (word = strsep(&line, " ")))
		if (*word)
			err = sender_parse_word(word, load);
	return err;
}

static int sender_line_from_user(char *line, const char __user *from,
				 size_t bytes)
{
	if (bytes >= SENDER_LINE)
		return -EINVAL;
	if (copy_from_user(line, from, bytes))
		return -EFAULT;
	line[bytes] = '\0';
	strim(line);
	return 0;
}

static ssize_t sender_load_write(struct file *file, const char __user *from,
				 size_t bytes, loff_t *at)
{
	struct sender *s = file_inode(file)->i_private;
	struct sender_settings load = {
		.size = PAGE_SIZE,
		.depth = 1,
		.batch = 1,
		.count = 1,
	};
	char line[SENDER_LINE];
	int err;

	err = sender_line_from_user(line, from, bytes);
	if (!err)
		err = sender_parse(line, &load);
	if (err)
		return err;

	mutex_lock(&s->work);
	err = sender_run(s, &load);
	mutex_unlock(&s->work);
	return err ? err : bytes;
}

static int sender_load_show(struct seq_file *seq, void *unused)
{
	struct sender *s = seq->private;
	const struct sender_result *result = &s->result;

	mutex_lock(&s->work);
	seq_printf(seq, "submitted %u\n", result->submitted);
	seq_printf(seq, "completed %u\n", result->completed);
	seq_printf(seq, "failed %u\n", result->failed);
	seq_printf(seq, "bad_data %u\n", result->bad_data);
	seq_printf(seq, "stops %u\n", result->stops);
	seq_printf(seq, "wakes %u\n", result->wakes);
	seq_printf(seq, "empty_wakes %u\n", result->empty_wakes);
	seq_printf(seq, "gave_up %u\n", result->gave_up);
	seq_printf(seq, "notices %u\n", READ_ONCE(s->notices));
	mutex_unlock(&s->work);
	return 0;
}

static int sender_load_open(struct inode *inode, struct file *file)
{
	return single_open(file, sender_load_show, inode->i_private);
}

static const struct file_operations sender_load_fops = {
	.owner = THIS_MODULE,
	.open = sender_load_open,
	.read = seq_read,
	.write = sender_load_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static int sender_reopen_set(void *priv, u64 rounds)
{
	struct sender *s = priv;
	int err = 0;

	mutex_lock(&s->work);
	while (!err && rounds--) {
		sender_close(s);
		err = sender_open(s, sender_ring);
	}
	mutex_unlock(&s->work);
	return err;
}

DEFINE_DEBUGFS_ATTRIBUTE(sender_reopen_fops, NULL, sender_reopen_set, "%llu\n");

static int sender_probe(struct hvring_channel *ch)
{
	struct sender *s;
	int err;

	if (atomic_xchg(&sender_bound, 1))
		return -ENODEV;

	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s) {
		err = -ENOMEM;
		goto unbind;
	}
	s->ch = ch;
	mutex_init(&s->work);
	init_waitqueue_head(&s->wait);
	init_completion(&s->answered);
	spin_lock_init(&s->lock);

	err = sender_open(s, sender_ring);
	if (err)
		goto free;

	sender_folder = debugfs_create_dir("sender", NULL);
	debugfs_create_file("load", 0600, sender_folder, s, &sender_load_fops);
	debugfs_create_file_unsafe("reopen", 0200, sender_folder, s,
				   &sender_reopen_fops);
	return 0;

free:
	kfree(s);
unbind:
	atomic_set(&sender_bound, 0);
	return err;
}

static void sender_remove(struct hvring_channel *ch)
{
	struct sender *s = hvring_channel_priv(ch);

	debugfs_remove(sender_folder);
	sender_close(s);
	kfree(s);
	atomic_set(&sender_bound, 0);
}

static struct hvring_driver sender_driver = {
	.name = KBUILD_MODNAME,
	.class = GUID_INIT(0xba6163d9, 0x04a1, 0x4d29,
			   0xb6, 0x05, 0x72, 0xe2, 0xff, 0xb1, 0xdc, 0x7f),
	.probe = sender_probe,
	.remove = sender_remove,
};

static int __init sender_init(void)
{
	return hvring_driver_register(&sender_driver);
}

static void __exit sender_exit(void)
{
	hvring_driver_unregister(&sender_driver);
}

module_init(sender_init);
module_exit(sender_exit);

MODULE_IMPORT_NS(HVRING);
MODULE_DESCRIPTION("Loads on a VMBus channel, for tests");
MODULE_AUTHOR("hvscsi developers");
MODULE_LICENSE("GPL");
