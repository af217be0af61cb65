// Command cluster answers as the API server of a Kubernetes cluster does, as far as buildx's driver
// asks: it keeps the objects that are made, says that their pods run, and executes in each pod on
// the daemon that a flag names for the pod's platform.
//
//	BUILDCTL=PROGRAM cluster DIRECTORY PLATFORM=ADDRESS...
//
// DIRECTORY gets `kubeconfig`, and a JSON file for every object: KIND-NAME.json.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/docker/buildx/driver/kubernetes/kubeclient"
	"github.com/docker/buildx/driver/kubernetes/manifest"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/httpstream"
	"k8s.io/apimachinery/pkg/util/httpstream/spdy"
)

type cluster struct {
	dir string
	// By platform.
	daemons map[string]string

	mu sync.Mutex
	// By path: namespaces/NAMESPACE/RESOURCE/NAME.
	objects map[string]runtime.Object
}

func main() {
	c := &cluster{dir: os.Args[1], daemons: map[string]string{}, objects: map[string]runtime.Object{}}
	for _, arg := range os.Args[2:] {
		platform, address, _ := strings.Cut(arg, "=")
		c.daemons[platform] = address
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, top := range []string{"/api/v1", "/apis/apps/v1"} {
		all := top + "/namespaces/{namespace}/{resource}"
		mux.HandleFunc("POST "+all, c.create)
		mux.HandleFunc("GET "+all, c.pods)
		mux.HandleFunc("GET "+all+"/{name}", c.get)
		mux.HandleFunc("DELETE "+all+"/{name}", c.remove)
		mux.HandleFunc("POST "+all+"/{name}/exec", c.exec)
	}
	// Whoever reads it finds the server listening.
	config := fmt.Sprintf(kubeconfig, listener.Addr())
	part := filepath.Join(c.dir, "kubeconfig.part")
	if err := os.WriteFile(part, []byte(config), 0o600); err != nil {
		log.Fatal(err)
	}
	if err := os.Rename(part, filepath.Join(c.dir, "kubeconfig")); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, mux))
}

const kubeconfig = `apiVersion: v1
kind: Config
current-context: here
contexts: [{name: here, context: {cluster: here, user: nobody}}]
clusters: [{name: here, cluster: {server: "http://%s"}}]
users: [{name: nobody, user: {}}]
`

// create keeps an object; all its pods are ready at once.
func (c *cluster) create(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		fail(w, http.StatusBadRequest, metav1.StatusReasonBadRequest)
		return
	}
	object, _, err := kubeclient.Codecs().UniversalDeserializer().Decode(body, nil, nil)
	if err != nil {
		fail(w, http.StatusBadRequest, metav1.StatusReasonBadRequest)
		return
	}
	switch it := object.(type) {
	case *appsv1.Deployment:
		it.Namespace, it.Status.ReadyReplicas = r.PathValue("namespace"), *it.Spec.Replicas
	case *appsv1.StatefulSet:
		it.Namespace, it.Status.ReadyReplicas = r.PathValue("namespace"), *it.Spec.Replicas
	}
	named, err := meta.Accessor(object)
	if err != nil {
		fail(w, http.StatusBadRequest, metav1.StatusReasonBadRequest)
		return
	}
	c.mu.Lock()
	c.objects[key(r, named.GetName())] = object
	c.mu.Unlock()
	text, _ := json.MarshalIndent(object, "", "  ")
	file := r.PathValue("resource") + "-" + named.GetName() + ".json"
	if err := os.WriteFile(filepath.Join(c.dir, file), text, 0o644); err != nil {
		log.Print(err)
	}
	answer(w, http.StatusCreated, object)
}

func (c *cluster) get(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	object, ok := c.objects[key(r, r.PathValue("name"))]
	c.mu.Unlock()
	if !ok {
		fail(w, http.StatusNotFound, metav1.StatusReasonNotFound)
		return
	}
	answer(w, http.StatusOK, object)
}

func (c *cluster) remove(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	delete(c.objects, key(r, r.PathValue("name")))
	c.mu.Unlock()
	answer(w, http.StatusOK, &metav1.Status{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"},
		Status:   metav1.StatusSuccess,
	})
}

// pods lists those of what is selected: as many as there are replicas.
func (c *cluster) pods(w http.ResponseWriter, r *http.Request) {
	list := &corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}}
	selector := r.URL.Query().Get("labelSelector")
	c.mu.Lock()
	for _, object := range c.objects {
		named, template, replicas := workload(object)
		if template == nil || metav1.FormatLabelSelector(&metav1.LabelSelector{MatchLabels: template.Labels}) != selector {
			continue
		}
		for n := range replicas {
			pod := corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
			pod.Name, pod.Namespace = fmt.Sprintf("%s-%d", named.GetName(), n), named.GetNamespace()
			pod.Status.Phase = corev1.PodRunning
			list.Items = append(list.Items, pod)
		}
	}
	c.mu.Unlock()
	answer(w, http.StatusOK, list)
}

func workload(object runtime.Object) (metav1.Object, *corev1.PodTemplateSpec, int32) {
	switch it := object.(type) {
	case *appsv1.Deployment:
		return it, &it.Spec.Template, *it.Spec.Replicas
	case *appsv1.StatefulSet:
		return it, &it.Spec.Template, *it.Spec.Replicas
	}
	return nil, nil, 0
}

// exec runs the command on the daemon of the pod's platform.
func (c *cluster) exec(w http.ResponseWriter, r *http.Request) {
	command := r.URL.Query()["command"]
	address := c.daemon(r.PathValue("name"))
	if len(command) == 0 || command[0] != "buildctl" || address == "" {
		fail(w, http.StatusNotFound, metav1.StatusReasonNotFound)
		return
	}
	if _, err := httpstream.Handshake(r, w, []string{"v4.channel.k8s.io"}); err != nil {
		return
	}
	streams := make(chan httpstream.Stream, 4)
	connection := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(s httpstream.Stream, _ <-chan struct{}) error {
		streams <- s
		return nil
	})
	if connection == nil {
		return
	}
	defer connection.Close()
	byType := map[string]httpstream.Stream{}
	for range 4 {
		select {
		case s := <-streams:
			byType[s.Headers().Get(corev1.StreamType)] = s
		case <-connection.CloseChan():
			return
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-connection.CloseChan()
		cancel()
	}()
	run := exec.CommandContext(ctx, os.Getenv("BUILDCTL"), append([]string{"--addr", address}, command[1:]...)...)
	stdin, err := run.StdinPipe()
	if err != nil {
		return
	}
	go func() {
		_, _ = io.Copy(stdin, byType[corev1.StreamTypeStdin])
		_ = stdin.Close()
	}()
	run.Stdout, run.Stderr = byType[corev1.StreamTypeStdout], byType[corev1.StreamTypeStderr]
	status := metav1.Status{Status: metav1.StatusSuccess}
	if err := run.Run(); err != nil {
		status = metav1.Status{Status: metav1.StatusFailure, Message: err.Error()}
	}
	text, _ := json.Marshal(status)
	_, _ = io.Copy(byType[corev1.StreamTypeError], bytes.NewReader(text))
}

// daemon returns the address for a pod, by the platform that its workload is for.
func (c *cluster) daemon(pod string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, object := range c.objects {
		named, template, _ := workload(object)
		if template != nil && strings.HasPrefix(pod, named.GetName()+"-") {
			return c.daemons[template.Annotations[manifest.AnnotationPlatform]]
		}
	}
	return ""
}

func key(r *http.Request, name string) string {
	return r.PathValue("namespace") + "/" + r.PathValue("resource") + "/" + name
}

func answer(w http.ResponseWriter, code int, object any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(object)
}

func fail(w http.ResponseWriter, code int, reason metav1.StatusReason) {
	answer(w, code, &metav1.Status{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"},
		Status:   metav1.StatusFailure,
		Reason:   reason,
		Code:     int32(code),
	})
}
